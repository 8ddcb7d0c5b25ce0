using System.Buffers;
using System.Globalization;

namespace PluginMail.Dlp.Text;

/// <summary>The decimal digits of other scripts, full width ones among them: numbers written in them are the same numbers.</summary>
internal static class DecimalDigits
{
    private static readonly SearchValues<char> OfOtherScripts = SearchValues.Create(
        [.. Enumerable.Range(0x80, char.MaxValue - 0x80).Select(code => (char)code).Where(char.IsDigit)]);

    /// <summary>Writes them as ASCII.</summary>
    public static void ToAscii(Span<char> text)
    {
        for (int at = text.IndexOfAny(OfOtherScripts); at >= 0; at = text.IndexOfAny(OfOtherScripts))
        {
            text[at] = (char)('0' + CharUnicodeInfo.GetDecimalDigitValue(text[at]));
            text = text[(at + 1)..];
        }
    }
}
