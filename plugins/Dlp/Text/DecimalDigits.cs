using System.Buffers;
using System.Globalization;
using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>The decimal digits of other scripts, full width and mathematical ones among them: numbers written in them are the same numbers.</summary>
internal static class DecimalDigits
{
    private const char FirstSurrogate = '\ud800';
    private const char LastHighSurrogate = '\udbff';

    // And what may begin one beyond U+FFFF.
    private static readonly SearchValues<char> OfOtherScripts = SearchValues.Create(
        [.. Enumerable.Range(0x80, char.MaxValue - 0x80).Select(code => (char)code).Where(c => char.IsDigit(c) || char.IsHighSurrogate(c))]);

    /// <summary>Writes them as ASCII, in place.</summary>
    /// <returns>The text's length, which may be less than before.</returns>
    public static int ToAscii(Span<char> text)
    {
        int written = text.IndexOfAny(OfOtherScripts);
        if (written < 0)
        {
            return text.Length;
        }

        for (int at = written; at < text.Length;)
        {
            int used = 1;
            char c = text[at];
            if (c is >= FirstSurrogate and <= LastHighSurrogate && Rune.DecodeFromUtf16(text[at..], out Rune rune, out int octets) == OperationStatus.Done && Rune.IsDigit(rune))
            {
                (c, used) = ((char)('0' + (int)Rune.GetNumericValue(rune)), octets);
            }
            else if (c > 0x7F && char.IsDigit(c))
            {
                c = (char)('0' + CharUnicodeInfo.GetDecimalDigitValue(c));
            }

            text[written++] = c;
            at += used;
        }

        return written;
    }
}
