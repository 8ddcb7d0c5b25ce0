using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>Strings of PDF (ISO 32000-1 section 7.3.4), and the text strings among them (section 7.9.2.2).</summary>
internal static class PdfStrings
{
    // Where PDFDocEncoding is not Latin-1 (annex D.2): 0x18 to 0x1F, 0x80 to 0xA0.
    private const string LowMarks = "\u02D8\u02C7\u02C6\u02D9\u02DD\u02DB\u02DA\u02DC";
    private const string HighMarks = "\u2022\u2020\u2021\u2026\u2014\u2013\u0192\u2044\u2039\u203A\u2212\u2030\u201E\u201C\u201D\u2018\u2019\u201A\u2122" +
        "\uFB01\uFB02\u0141\u0152\u0160\u0178\u017D\u0131\u0142\u0153\u0161\u017E\uFFFD\u20AC";

    /// <summary>The octets of a string, literal or hexadecimal.</summary>
    /// <param name="text">What begins with it: with a parenthesis or an angle bracket.</param>
    /// <param name="length">Octets that it takes; to the end of the text where it has none.</param>
    public static byte[] Octets(ReadOnlySpan<byte> text, out int length) => text[0] == '(' ? Literal(text, out length) : Hex(text, out length);

    /// <summary>What a text string says: UTF-16 or UTF-8 by its mark, or else PDFDocEncoding.</summary>
    public static string Text(byte[] octets) => octets switch
    {
        [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode.GetString(octets, 2, octets.Length - 2),
        [0xFF, 0xFE, ..] => Encoding.Unicode.GetString(octets, 2, octets.Length - 2),
        [0xEF, 0xBB, 0xBF, ..] => Encoding.UTF8.GetString(octets, 3, octets.Length - 3),
        _ => string.Create(octets.Length, octets, static (text, octets) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = octets[i] switch
                {
                    >= 0x18 and <= 0x1F and var low => LowMarks[low - 0x18],
                    >= 0x80 and <= 0xA0 and var high => HighMarks[high - 0x80],
                    var other => (char)other,
                };
            }
        }),
    };

    private static byte[] Hex(ReadOnlySpan<byte> text, out int length)
    {
        int end = text.IndexOf((byte)'>');
        length = end < 0 ? text.Length : end + 1;
        var digits = end < 0 ? default : text[1..end];
        byte[] octets = new byte[(digits.Length + 1) / 2];
        int count = 0;
        foreach (byte c in digits)
        {
            if (char.IsAsciiHexDigit((char)c))
            {
                int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
                octets[count / 2] |= (byte)(count % 2 == 0 ? digit << 4 : digit);
                count++;
            }
        }

        return octets[..((count + 1) / 2)];
    }

    private static byte[] Literal(ReadOnlySpan<byte> text, out int length)
    {
        var octets = new List<byte>();
        int depth = 1;
        int at = 1;
        for (; at < text.Length && depth > 0; at++)
        {
            byte c = text[at];
            if (c == '\\' && at + 1 < text.Length)
            {
                at += Unescape(text[(at + 1)..], octets);
                continue;
            }

            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth > 0)
            {
                octets.Add(c);
            }
        }

        length = at;
        return [.. octets];
    }

    private static int Unescape(ReadOnlySpan<byte> text, List<byte> octets)
    {
        int value = 0;
        int digits = 0;
        while (digits < 3 && digits < text.Length && text[digits] is >= (byte)'0' and <= (byte)'7')
        {
            value = (value * 8) + text[digits++] - '0';
        }

        if (digits > 0)
        {
            octets.Add((byte)value);
            return digits;
        }

        byte? meant = text[0] switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            (byte)'b' or (byte)'f' => (byte)' ',
            (byte)'\r' or (byte)'\n' => null,
            byte other => other,
        };
        octets.AddRange(meant is { } octet ? [octet] : []);
        return text is [(byte)'\r', (byte)'\n', ..] ? 2 : 1;
    }
}
