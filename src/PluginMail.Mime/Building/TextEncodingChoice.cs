using System.Text;

namespace PluginMail.Mime;

/// <summary>Which transfer encoding suits a text.</summary>
internal static class TextEncodingChoice
{
    private const int MaxPlainLine = 900;

    /// <summary>7bit for ASCII lines of bearable length, otherwise the shorter of quoted-printable and base64.</summary>
    public static TransferEncoding For(ReadOnlySpan<byte> text)
    {
        if (Ascii.IsValid(text) && !text.Contains((byte)0) && LongestLine(text) <= MaxPlainLine && !HasLoneReturn(text))
        {
            return TransferEncoding.SevenBit;
        }
        var escaped = 0;
        foreach (var octet in text)
        {
            escaped += octet is >= 127 or (byte)'=' or (< 32 and not (9 or 10 or 13)) ? 1 : 0;
        }
        return escaped <= text.Length / 6 ? TransferEncoding.QuotedPrintable : TransferEncoding.Base64;
    }

    public static string NameOf(TransferEncoding encoding) => encoding switch
    {
        TransferEncoding.SevenBit => "7bit",
        TransferEncoding.EightBit => "8bit",
        TransferEncoding.QuotedPrintable => "quoted-printable",
        TransferEncoding.Base64 => "base64",
        TransferEncoding.UUEncode => "x-uuencode",
        _ => "binary",
    };

    private static bool HasLoneReturn(ReadOnlySpan<byte> text) => text.Count((byte)'\r') != text.Count("\r\n"u8);

    private static int LongestLine(ReadOnlySpan<byte> text)
    {
        var longest = 0;
        foreach (var line in text.Split((byte)'\n'))
        {
            longest = Math.Max(longest, line.End.Value - line.Start.Value);
        }
        return longest;
    }
}
