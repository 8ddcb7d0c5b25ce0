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
    private const int LongestHost = 2048; // with what escapes make of it
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
        var authorities = new Authorities(text, isHtml ? HtmlEnds : TextEnds);
        IEnumerable<Match> matches = isHtml ? HtmlLinks().Matches(text).Concat(Values().Matches(text)).OrderBy(match => match.Index) : Links().Matches(text);
        return matches.Select(match => match.Groups["value"] is { Success: true } value
            ? HostOfValue(value.Value)
            : ReadHost(authorities.From(match.Groups["www"].Success ? match.Index : match.Index + match.Length))).OfType<string>();
    }

    private static string? HostOfValue(string value)
    {
        string url = value.Replace("\t", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
        return UrlStart().Match(url) is { Success: true } start ? ReadHost(new Authorities(url, ValueEnds).From(start.Length)) : null;
    }

    // host [:port]
    private static string? ReadHost(ReadOnlySpan<char> text)
    {
        text = text[..Math.Min(text.Length, LongestHost)];
        if (text is ['[', ..])
        {
            int close = text.IndexOf(']');
            return close > 0 && IPAddress.TryParse(text[1..close], out var literal) ? ClientNetworks.Plain(literal).ToString() : null;
        }

        int end = text.IndexOfAny(Ends);
        text = end < 0 ? text : text[..end];
        int colon = text.IndexOf(':');
        text = colon < 0 ? text : text[..colon];
        string host = HostName.Map(Uri.UnescapeDataString(text.ToString())).Trim('.', '*', '_', '!');

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

    private static string Decode(byte[] octets, MessagePart part)
    {
        string text = EncodingOf(octets, part.Charset).GetString(octets);
        return part.MediaType == "text/html" ? DecodeEntities(text) : text;
    }

    // Host names are ASCII in all charsets but those of two octets a character; as UTF-8 other scripts are read too.
    private static Encoding EncodingOf(ReadOnlySpan<byte> octets, string? charset) => octets switch
    {
        [0xff, 0xfe, ..] => Encoding.Unicode,
        [0xfe, 0xff, ..] => Encoding.BigEndianUnicode,
        _ => charset switch
        {
            "utf-16le" => Encoding.Unicode,
            "utf-16be" or "unicodefffe" => Encoding.BigEndianUnicode,
            "utf-16" or "ucs-2" or "iso-10646-ucs-2" or "unicode" or "csunicode" or "unicodefeff" => HasHighHalfFirst(octets) ? Encoding.BigEndianUnicode : Encoding.Unicode,
            _ => Encoding.UTF8,
        },
    };

    /// <summary>Whether more characters have 0 in their first octet than in their second: what links are made of is ASCII.</summary>
    private static bool HasHighHalfFirst(ReadOnlySpan<byte> octets)
    {
        int difference = 0;
        for (int i = 0; i + 1 < octets.Length; i += 2)
        {
            difference += (octets[i] == 0 ? 1 : 0) - (octets[i + 1] == 0 ? 1 : 0);
        }

        return difference > 0;
    }

    // The framework knows the entities of HTML 4; these of HTML 5 stand for what parts an address. A quote so written ends no value.
    private static string DecodeEntities(string text) => WebUtility.HtmlDecode(NewEntities().Replace(OpenNumbers().Replace(text, "$0;"), static match => match.Value switch
    {
        "&colon;" => ":",
        "&period;" => ".",
        "&sol;" => "/",
        "&bsol;" => "\\",
        "&commat;" => "@",
        "&percnt;" => "%",
        "&num;" => "#",
        "&quest;" => "?",
        "&ZeroWidthSpace;" or "&NoBreak;" => "",
        "&Tab;" => "\t",
        "&NewLine;" => "\n",
        _ => "\u00a0",
    }));

    // Numbers end where their digits do, whether or not a semicolon follows.
    [GeneratedRegex("&#(?>[0-9]+|[xX][0-9a-fA-F]+)(?!;)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OpenNumbers();

    [GeneratedRegex("&(?:colon|period|sol|bsol|commat|percnt|num|quest|ZeroWidthSpace|NoBreak|Tab|NewLine|quot|apos|#0*3[49]|#[xX]0*2[27]);", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NewEntities();

    [GeneratedRegex(@"https?:[/\\]*|(?<www>(?<![a-z0-9.@-])www\.)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Links();

    [GeneratedRegex(@"https?:[/\\]*|(?<![/\\])(?>[/\\]{2,})(?<==\s*[""']?[/\\]{2,})|(?<www>(?<![a-z0-9.@/-])www\.)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HtmlLinks();

    // The beginning of each quoted value. Looked at, not taken: a quote that is none shifts no other value.
    [GeneratedRegex("""=(?=\s*(?:"[\0-\x20]*(?<value>[^"]+)|'[\0-\x20]*(?<value>[^']+)))""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Values();

    [GeneratedRegex(@"^[\0-\x20]*(?:https?:[/\\]*|[/\\]{2,})", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UrlStart();

    /// <summary>Authorities (RFC 3986 section 3.2) in a text. However many begin before the same end, it is looked for once.</summary>
    private sealed class Authorities(string text, SearchValues<char> ends)
    {
        private int _end = -1;
        private int _at;

        /// <summary>What follows the user: host and port.</summary>
        /// <param name="start">Where the authority begins; no smaller than the one before.</param>
        public ReadOnlySpan<char> From(int start)
        {
            if (start > _end)
            {
                int length = text.AsSpan(start).IndexOfAny(ends);
                _end = length < 0 ? text.Length : start + length;
                _at = start + text.AsSpan(start, _end - start).LastIndexOf('@');
            }

            return text.AsSpan(Math.Max(start, _at + 1).._end);
        }
    }
}
