using System.Buffers.Text;
using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>Decodes the encoded words of a header (RFC 2047).</summary>
internal static class EncodedWords
{
    // One of 75 characters is as long as the standard has it; programs write longer ones.
    private const int Longest = 1000;

    /// <summary>A value as it is shown; what is no encoded word, or a damaged one, stays.</summary>
    public static string Decode(string value)
    {
        int next = value.IndexOf("=?", StringComparison.Ordinal);
        if (next < 0)
        {
            return value;
        }

        var text = new StringBuilder(value.Length);
        int at = 0;
        bool isBehindWord = false;
        for (; next >= 0; next = value.IndexOf("=?", next, StringComparison.Ordinal))
        {
            if (TryDecode(value.AsSpan(next), out string word, out int length))
            {
                // Blanks between two of them are not shown.
                var between = value.AsSpan(at, next - at);
                text.Append(isBehindWord && between.IsWhiteSpace() ? default : between).Append(word);
                next = at = next + length;
                isBehindWord = true;
            }
            else
            {
                next += 2;
            }
        }

        return text.Append(value.AsSpan(at)).ToString();
    }

    // =?charset?encoding?text?=
    private static bool TryDecode(ReadOnlySpan<char> value, out string word, out int length)
    {
        word = "";
        length = 0;
        value = value[..Math.Min(value.Length, Longest)];
        int charset = value[2..].IndexOf('?');
        if (charset <= 0 || value.Length < charset + 6 || value[charset + 4] != '?')
        {
            return false;
        }

        var rest = value[(charset + 5)..];
        int end = rest.IndexOf("?=");
        if (end < 0)
        {
            return false;
        }

        byte[]? octets = (value[charset + 3] | 0x20) switch
        {
            'b' => Base64Octets(rest[..end]),
            'q' => QuotedOctets(rest[..end]),
            _ => null,
        };
        if (octets is null)
        {
            return false;
        }

        // A language may stand behind the charset (RFC 2231 section 5).
        string name = value.Slice(2, charset).ToString().Split('*')[0].ToLowerInvariant();
        word = Charsets.Of(name, octets).GetString(octets);
        length = charset + 5 + end + 2;
        return true;
    }

    private static byte[]? Base64Octets(ReadOnlySpan<char> text)
    {
        text = text.TrimEnd('=');
        string padded = text.ToString().PadRight((text.Length + 3) / 4 * 4, '=');
        byte[] octets = new byte[padded.Length / 4 * 3];
        return Convert.TryFromBase64String(padded, octets, out int count) ? octets[..count] : null;
    }

    private static byte[] QuotedOctets(ReadOnlySpan<char> text)
    {
        byte[] raw = Encoding.UTF8.GetBytes(text.ToString().Replace('_', ' '));
        int count = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            byte octet = 0;
            bool isHex = raw[i] == '=' && i + 2 < raw.Length && Utf8Parser.TryParse(raw.AsSpan(i + 1, 2), out octet, out int used, 'x') && used == 2;
            raw[count++] = isHex ? octet : raw[i];
            i += isHex ? 2 : 0;
        }

        return raw[..count];
    }
}
