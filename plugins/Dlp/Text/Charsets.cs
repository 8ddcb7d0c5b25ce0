using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>Chooses how octets are read as text.</summary>
internal static class Charsets
{
#pragma warning disable SYSLIB0001 // Mail clients still show it; here it is looked at and shown to nobody.
    private static readonly UTF7Encoding Utf7 = new(allowOptionals: true);
#pragma warning restore SYSLIB0001

    /// <summary>The encoding of a text.</summary>
    /// <param name="charset">As its part says; null or unknown where it does not.</param>
    /// <param name="start">Its first octets: a byte order mark decides, then their looks where they are UTF-16, then the charset, then whether they are UTF-8.</param>
    public static Encoding Of(string? charset, ReadOnlySpan<byte> start)
    {
        if (start is [0xEF, 0xBB, 0xBF, ..])
        {
            return Encoding.UTF8;
        }

        bool isWide = charset is not null && start is not ([0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            && (charset.StartsWith("utf-16", StringComparison.Ordinal) || charset.StartsWith("utf-32", StringComparison.Ordinal));
        return (isWide ? null : TextOctets.Utf16(start)) ?? Named(charset) ?? (LooksLikeUtf8(start) ? Encoding.UTF8 : Encoding.Latin1);
    }

    /// <summary>The encoding of a name.</summary>
    /// <returns>Null where it is unknown, or says nothing.</returns>
    public static Encoding? Named(string? charset)
    {
        // What says ASCII and is not is as often UTF-8 as anything.
        if (string.IsNullOrEmpty(charset) || charset is "us-ascii" or "ascii")
        {
            return null;
        }

        if (charset is "utf-8" or "utf8")
        {
            return Encoding.UTF8;
        }

        if (charset.EndsWith("utf-7", StringComparison.OrdinalIgnoreCase) || charset.EndsWith("utf7", StringComparison.OrdinalIgnoreCase))
        {
            return Utf7;
        }

        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? Encoding.GetEncoding(charset);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static bool LooksLikeUtf8(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(octets, out _, out int length);
            if (status == System.Buffers.OperationStatus.InvalidData)
            {
                return false;
            }

            octets = octets[length..];
        }

        return true;
    }
}
