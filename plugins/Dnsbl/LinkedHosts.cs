using System.Buffers;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using PluginMail.Abstractions;
using PluginMail.Clients;

namespace PluginMail.Dnsbl;

/// <summary>
/// Finds the hosts that links point to in text and HTML parts: what follows <c>http:</c> or <c>https:</c>, what begins with <c>www.</c>, and in
/// HTML also addresses without a scheme (<c>"//host"</c>). As browsers read them: entities and percent signs decoded, backslashes for slashes,
/// numbers for IPv4 addresses.
/// </summary>
internal static partial class LinkedHosts
{
    private const int LongestAuthority = 1024;
    private static readonly SearchValues<char> Ends = SearchValues.Create("/\\?#\"'<>()[]{},;| \t\r\n\u00a0");

    /// <summary>The hosts in their order, repeated as they are.</summary>
    /// <param name="message">The message.</param>
    /// <param name="maximumText">Decoded octets that are looked at in all.</param>
    public static IEnumerable<string> Of(IMessageView message, long maximumText)
    {
        foreach (var part in message.Parts)
        {
            if (part.MediaType is "text/plain" or "text/html" && maximumText > 0)
            {
                byte[] octets = Read(message, part, maximumText);
                maximumText -= octets.Length;
                foreach (string host in In(Decode(octets, part), part.MediaType == "text/html"))
                {
                    yield return host;
                }
            }
        }
    }

    /// <summary>The hosts in a text.</summary>
    internal static IEnumerable<string> In(string text, bool isHtml)
    {
        foreach (Match match in (isHtml ? HtmlLinks() : Links()).Matches(text))
        {
            int start = match.Groups["www"].Success ? match.Index : match.Index + match.Length;
            if (ReadHost(text.AsSpan(start, Math.Min(LongestAuthority, text.Length - start))) is { } host)
            {
                yield return host;
            }
        }
    }

    // [scheme://] [user[:password]@] host [:port]
    private static string? ReadHost(ReadOnlySpan<char> text)
    {
        if (text is ['[', ..])
        {
            int close = text.IndexOf(']');
            return close > 0 && IPAddress.TryParse(text[1..close], out var literal) ? ClientNetworks.Plain(literal).ToString() : null;
        }

        int end = text.IndexOfAny(Ends);
        text = end < 0 ? text : text[..end];
        text = text[(text.LastIndexOf('@') + 1)..];
        int colon = text.IndexOf(':');
        text = colon < 0 ? text : text[..colon];
        string host = Uri.UnescapeDataString(text.ToString()).Trim('.', '*', '_', '!').Replace('\u3002', '.').Replace('\uff0e', '.');

        // A number alone, or parts in octal or hexadecimal, are an address as browsers read them.
        return host.Length == 0 ? null
            : char.IsAsciiDigit(host[0]) && IPAddress.TryParse(host, out var address) ? address.ToString()
            : HostName.Normalize(host);
    }

    private static byte[] Read(IMessageView message, MessagePart part, long maximum)
    {
        using var stream = message.OpenDecoded(part);
        using var octets = new MemoryStream();
        byte[] buffer = new byte[Math.Min(16 * 1024, maximum)];
        while (octets.Length < maximum)
        {
            int count = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, maximum - octets.Length));
            if (count == 0)
            {
                break;
            }

            octets.Write(buffer, 0, count);
        }

        return octets.ToArray();
    }

    // Host names are ASCII in all charsets but those of two octets a character; as UTF-8 other scripts are read too.
    private static string Decode(byte[] octets, MessagePart part)
    {
        var encoding = part.Charset switch
        {
            "utf-16" when octets is [0xff, 0xfe, ..] => Encoding.Unicode,
            "utf-16" or "utf-16be" => Encoding.BigEndianUnicode,
            "utf-16le" => Encoding.Unicode,
            _ => Encoding.UTF8,
        };
        string text = encoding.GetString(octets);
        return part.MediaType == "text/html" ? DecodeEntities(text) : text;
    }

    // The framework knows the entities of HTML 4; these of HTML 5 stand for what parts an address.
    private static string DecodeEntities(string text) => WebUtility.HtmlDecode(NewEntities().Replace(text, static match => match.Value switch
    {
        "&colon;" => ":",
        "&period;" => ".",
        "&sol;" => "/",
        "&bsol;" => "\\",
        "&commat;" => "@",
        _ => " ",
    }));

    [GeneratedRegex("&(?:colon|period|sol|bsol|commat|Tab|NewLine);", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NewEntities();

    [GeneratedRegex(@"https?:[/\\]*|(?<www>(?<![a-z0-9.@-])www\.)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Links();

    [GeneratedRegex(@"https?:[/\\]*|(?<==\s?[""']?)[/\\]{2}|(?<www>(?<![a-z0-9.@/-])www\.)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HtmlLinks();
}
