using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace PluginMail.SpamAssassin;

/// <summary>
/// A reply of spamd (its protocol 1.5, spamd/PROTOCOL in SpamAssassin's sources): <c>SPAMD/1.1 0 EX_OK</c>, header fields, an empty line, octets.
/// </summary>
/// <param name="Code">0, or what went wrong (sysexits.h).</param>
/// <param name="Message">What stands behind the code.</param>
/// <param name="Headers">The fields; names in lower case.</param>
/// <param name="Body">What follows, an octet a character.</param>
internal sealed record SpamdReply(int Code, string Message, ImmutableDictionary<string, string> Headers, string Body)
{
    /// <summary>Octets of the longest reply that is read: a report with all of its rules is a hundredth of that.</summary>
    public const int LongestReply = 256 * 1024;

    private const int MostHeaders = 32;

    /// <summary>Reads a whole reply.</summary>
    /// <returns>It; null where the octets are none, or fewer than its Content-length says.</returns>
    public static SpamdReply? Parse(ReadOnlySpan<byte> octets)
    {
        int end = octets.IndexOf("\r\n\r\n"u8);
        string head = Encoding.Latin1.GetString(end < 0 ? octets : octets[..end]);
        string[] lines = head.Split("\r\n", MostHeaders + 2, StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length is 0 or > MostHeaders + 1 || lines[0].Split(' ', 3) is not [var version, var code, .. var rest]
            || !version.StartsWith("SPAMD/", StringComparison.Ordinal)
            || !int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return null;
        }

        var headers = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (string line in lines.AsSpan(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                headers[line[..colon].ToLowerInvariant()] = line[(colon + 1)..].Trim();
            }
        }

        var body = end < 0 ? default : octets[(end + 4)..];
        if (headers.TryGetValue("content-length", out string? length))
        {
            if (!int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count > body.Length)
            {
                return null;
            }

            body = body[..count];
        }

        return new SpamdReply(number, rest is [var message] ? message : "", headers.ToImmutable(), Encoding.Latin1.GetString(body));
    }
}
