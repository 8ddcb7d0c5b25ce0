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
/// numbers for IPv4 addresses, whatever stands before an @ as the user, tabs and line ends in an attribute's value left out.
/// </summary>
internal static partial class LinkedHosts
{
    private const int LongestAuthority = 1024;
    private static readonly SearchValues<char> Ends = SearchValues.Create("/\\?#\"'<>()[]{},;| \t\r\n\u00a0");

    // Where user, host and port end: in a text, in HTML, and in a value of HTML of which all is there.
    private static readonly SearchValues<char> TextEnds = SearchValues.Create("/\\?#\"'<>(){},;| \t\r\n\u00a0");
    private static readonly SearchValues<char> HtmlEnds = SearchValues.Create("/\\?#\"'<> \t\r\n\u00a0");
    private static readonly SearchValues<char> ValueEnds = SearchValues.Create("/\\?#");

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
        IEnumerable<Match> matches = isHtml ? HtmlLinks().Matches(text).Concat(Values().Matches(text)).OrderBy(match => match.Index) : Links().Matches(text);
        return matches.Select(match => match.Groups["value"] is { Success: true } value
            ? HostOfValue(value.Value)
            : ReadHost(From(text, match.Groups["www"].Success ? match.Index : match.Index + match.Length), isHtml ? HtmlEnds : TextEnds)).OfType<string>();
    }

    private static ReadOnlySpan<char> From(string text, int start) => text.AsSpan(start, Math.Min(LongestAuthority, text.Length - start));

    private static string? HostOfValue(string value)
    {
        string url = value.Replace("\t", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
        return UrlStart().Match(url) is { Success: true } start ? ReadHost(From(url, start.Length), ValueEnds) : null;
    }

    // [scheme://] [user[:password]@] host [:port]
    private static string? ReadHost(ReadOnlySpan<char> text, SearchValues<char> authorityEnds)
    {
        int end = text.IndexOfAny(authorityEnds);
        text = end < 0 ? text : text[..end];
        text = text[(text.LastIndexOf('@') + 1)..];
        if (text is ['[', ..])
        {
            int close = text.IndexOf(']');
            return close > 0 && IPAddress.TryParse(text[1..close], out var literal) ? ClientNetworks.Plain(literal).ToString() : null;
        }

        end = text.IndexOfAny(Ends);
        text = end < 0 ? text : text[..end];
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

    // The framework knows the entities of HTML 4; these of HTML 5 stand for what parts an address. A quote so written ends no value.
    private static string DecodeEntities(string text) => WebUtility.HtmlDecode(NewEntities().Replace(text, static match => match.Value switch
    {
        "&colon;" => ":",
        "&period;" => ".",
        "&sol;" => "/",
        "&bsol;" => "\\",
        "&commat;" => "@",
        "&Tab;" => "\t",
        "&NewLine;" => "\n",
        _ => "\u00a0",
    }));

    [GeneratedRegex("&(?:colon|period|sol|bsol|commat|Tab|NewLine|quot|apos|#0*3[49]|#[xX]0*2[27]);", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NewEntities();

    [GeneratedRegex(@"https?:[/\\]*|(?<www>(?<![a-z0-9.@-])www\.)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Links();

    [GeneratedRegex(@"https?:[/\\]*|(?<==\s?[""']?)[/\\]{2}|(?<www>(?<![a-z0-9.@/-])www\.)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HtmlLinks();

    // The beginning of each quoted value. Looked at, not taken: a quote that is none shifts no other value.
    [GeneratedRegex("""=(?=\s*(?:"(?<value>[^"]{1,1100})|'(?<value>[^']{1,1100})))""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Values();

    [GeneratedRegex(@"^[\0-\x20]*(?:https?:[/\\]*|[/\\]{2,})", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UrlStart();
}
