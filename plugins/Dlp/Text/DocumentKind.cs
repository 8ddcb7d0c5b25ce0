namespace PluginMail.Dlp.Text;

/// <summary>How a document is read.</summary>
internal enum DocumentForm
{
    /// <summary>It has no text: an image, a sound, a font, a program.</summary>
    None,

    /// <summary>Plain text.</summary>
    Text,

    /// <summary>HTML.</summary>
    Html,

    /// <summary>XML by itself, as flat OpenDocument.</summary>
    Xml,

    /// <summary>A ZIP archive, office documents included.</summary>
    Zip,

    /// <summary>PDF.</summary>
    Pdf,

    /// <summary>A message.</summary>
    Mail,

    /// <summary>It may have text that cannot be read: an encrypted or old office document, another archive.</summary>
    Unreadable,
}

/// <summary>Tells what a document is.</summary>
internal static class DocumentKind
{
    /// <summary>What a document is.</summary>
    /// <param name="start">Its first octets.</param>
    /// <param name="name">Its file name.</param>
    /// <param name="mediaType">Its media type.</param>
    public static DocumentForm Of(ReadOnlySpan<byte> start, string name, string mediaType)
    {
        if (mediaType is "message/rfc822" or "message/global" || name.EndsWith(".eml", StringComparison.OrdinalIgnoreCase))
        {
            return DocumentForm.Mail;
        }

        if (start.StartsWith("PK\u0003\u0004"u8) || start.StartsWith("PK\u0005\u0006"u8))
        {
            return DocumentForm.Zip;
        }

        // Readers look for it in the first 1,024 octets.
        if (start.IndexOf("%PDF-"u8) >= 0)
        {
            return DocumentForm.Pdf;
        }

        if (IsClosed(start))
        {
            return DocumentForm.Unreadable;
        }

        if (mediaType.StartsWith("image/", StringComparison.Ordinal) || mediaType.StartsWith("audio/", StringComparison.Ordinal)
            || mediaType.StartsWith("video/", StringComparison.Ordinal) || (!IsText(start) && mediaType is not ("text/plain" or "text/html")))
        {
            return DocumentForm.None;
        }

        return IsHtml(start, name, mediaType) ? DocumentForm.Html
            : start.TrimStart("\uFEFF\u0020\r\n\t"u8).StartsWith("<?xml"u8) ? DocumentForm.Xml
            : DocumentForm.Text;
    }

    // Compound files (old and encrypted Office), RAR, 7-Zip, gzip, bzip2, xz.
    private static bool IsClosed(ReadOnlySpan<byte> start) =>
        start is [0xD0, 0xCF, 0x11, 0xE0, ..] or [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, ..] or [0x1F, 0x8B, 8, ..] or [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, ..]
        || start.StartsWith("Rar!"u8) || start.StartsWith("BZh"u8);

    private static bool IsText(ReadOnlySpan<byte> start) =>
        start is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] || start.IndexOfAnyInRange((byte)0, (byte)8) < 0;

    private static bool IsHtml(ReadOnlySpan<byte> start, string name, string mediaType)
    {
        if (mediaType is "text/html" or "application/xhtml+xml" || name.EndsWith(".html", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".htm", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var text = start.TrimStart("\uFEFF\u0020\r\n\t"u8);
        return Starts(text, "<!doctype html") || Starts(text, "<html");
    }

    private static bool Starts(ReadOnlySpan<byte> text, string start) =>
        text.Length >= start.Length && System.Text.Ascii.EqualsIgnoreCase(text[..start.Length], start);
}
