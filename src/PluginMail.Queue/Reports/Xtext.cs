using System.Globalization;
using System.Text;

namespace PluginMail.Queue;

/// <summary>Reads xtext (RFC 3461 section 4): <c>+2B</c> stands for a plus sign. And ORCPT's other form, <c>\x{20AC}</c> (RFC 6533 section 3).</summary>
internal static class Xtext
{
    /// <summary>The text that it stands for; control characters become question marks.</summary>
    public static string Decode(string text)
    {
        var decoded = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '+' && i + 2 < text.Length && TryHex(text.AsSpan(i + 1, 2), out int octet))
            {
                Append(decoded, octet);
                i += 2;
            }
            else if (text.AsSpan(i) is ['\\', 'x', '{', ..] && text.IndexOf('}', i) is > 0 and var end && TryHex(text.AsSpan(i + 3, end - i - 3), out int scalar))
            {
                Append(decoded, scalar);
                i = end;
            }
            else
            {
                Append(decoded, text[i]);
            }
        }

        return decoded.ToString();
    }

    private static bool TryHex(ReadOnlySpan<char> digits, out int value) =>
        int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);

    private static void Append(StringBuilder text, int scalar)
    {
        if (char.IsSurrogate((char)scalar) && scalar <= char.MaxValue)
        {
            text.Append((char)scalar); // half of a pair that stands in the text itself
        }
        else if (Rune.TryCreate(scalar, out Rune rune) && !Rune.IsControl(rune))
        {
            text.Append(rune.ToString());
        }
        else
        {
            text.Append('?');
        }
    }
}
