using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PluginMail.Smtp;

/// <summary>Reads xtext (RFC 3461 section 4): printable ASCII in which <c>+</c> begins two hexadecimal digits.</summary>
internal static class Xtext
{
    /// <summary>Whether a text is xtext.</summary>
    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        for (int plus = text.IndexOf((byte)'+'); plus >= 0; plus = text.IndexOf((byte)'+'))
        {
            if (text.Length < plus + 3 || !char.IsAsciiHexDigitUpper((char)text[plus + 1]) || !char.IsAsciiHexDigitUpper((char)text[plus + 2]))
            {
                return false;
            }

            text = text[(plus + 3)..];
        }

        return Ascii.IsValid(text);
    }

    /// <summary>Reads a text that is kept as xtext.</summary>
    /// <param name="octets">The text.</param>
    /// <param name="maximumLength">The most octets.</param>
    /// <param name="text">The text as it stands there.</param>
    /// <returns>False where it is empty, too long or no xtext.</returns>
    public static bool TryRead(ReadOnlySpan<byte> octets, int maximumLength, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (octets.IsEmpty || octets.Length > maximumLength || !Ascii.IsValid(octets) || !IsValid(octets))
        {
            return false;
        }

        text = Encoding.ASCII.GetString(octets);
        return true;
    }
}
