namespace PluginMail.Dlp.Text;

/// <summary>How a document is read.</summary>
internal enum DocumentForm
{
    /// <summary>It has no text: an image, a sound, a film, a font.</summary>
    None,

    /// <summary>Plain text.</summary>
    Text,

    /// <summary>HTML.</summary>
    Html,

    /// <summary>XML by itself, as flat OpenDocument.</summary>
    Xml,

    /// <summary>Rich Text Format.</summary>
    Rtf,

    /// <summary>A ZIP archive, office documents included.</summary>
    Zip,

    /// <summary>A tar archive.</summary>
    Tar,

    /// <summary>PDF.</summary>
    Pdf,

    /// <summary>A message.</summary>
    Mail,

    /// <summary>A text that begins as a message does; whoever opens it may see either.</summary>
    TextOrMail,

    /// <summary>A calendar or a card.</summary>
    Card,

    /// <summary>It may have text that cannot be read: an encrypted or old office document, another archive.</summary>
    Unreadable,

    /// <summary>Nobody knows; a ZIP archive may be behind it.</summary>
    Unknown,
}

/// <summary>
/// Tells what a document is. Its octets say; name and media type, which a sender chooses, only choose between readings of a text.
/// </summary>
internal static class DocumentKind
{
    /// <summary>What a document is.</summary>
    /// <param name="start">Its first octets.</param>
    /// <param name="name">Its file name.</param>
    /// <param name="mediaType">Its media type.</param>
    public static DocumentForm Of(ReadOnlySpan<byte> start, string name, string mediaType)
    {
        bool isMail = mediaType is "message/rfc822" or "message/global" || Ends(name, ".eml") || Ends(name, ".mht") || Ends(name, ".mhtml");

        // Readers of PDF look for it in the first 1,024 octets.
        int pdf = start.IndexOf("%PDF-"u8);
        if (start.StartsWith("PK\u0003\u0004"u8) || start.StartsWith("PK\u0005\u0006"u8))
        {
            return DocumentForm.Zip;
        }

        if (pdf == 0 || (pdf > 0 && !isMail))
        {
            return DocumentForm.Pdf;
        }

        if (IsClosed(start))
        {
            return DocumentForm.Unreadable;
        }

        if (TarFile.IsHeader(start))
        {
            return DocumentForm.Tar;
        }

        // A text may begin with the words that some files do.
        bool mayBeText = mediaType.StartsWith("text/", StringComparison.Ordinal) || Pictures.BeginAsText(start);
        if (Pictures.Are(start) && TextOctets.Controls(start) > 0 && !(mayBeText && TextOctets.AreText(start)))
        {
            return DocumentForm.None;
        }

        bool isText = mediaType.StartsWith("text/", StringComparison.Ordinal) || TextOctets.AreText(start) || TextOctets.Utf16(start) is not null;
        return !isText ? DocumentForm.Unknown
            : isMail ? DocumentForm.Mail
            : start.StartsWith("{\\rtf"u8) ? DocumentForm.Rtf
            : OfText(start, name, mediaType);
    }

    private static DocumentForm OfText(ReadOnlySpan<byte> start, string name, string mediaType)
    {
        string text = Charsets.Of(null, start).GetString(start).TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
        bool isHtml = mediaType is "text/html" or "application/xhtml+xml" || Ends(name, ".html") || Ends(name, ".htm")
            || text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase);
        return isHtml ? DocumentForm.Html
            : text.StartsWith("<?xml", StringComparison.Ordinal) ? DocumentForm.Xml
            : CardText.Is(start, mediaType) ? DocumentForm.Card
            : !BeginsAsMail(start) ? DocumentForm.Text
            : Ends(name, ".doc") || Ends(name, ".xls") || Ends(name, ".ppt") ? DocumentForm.Mail
            : DocumentForm.TextOrMail;
    }

    // Fields, Content-Type and MIME-Version among them. Programs that write web archives call them .doc.
    private static bool BeginsAsMail(ReadOnlySpan<byte> start)
    {
        bool hasVersion = false;
        bool hasType = false;
        start = start.TrimStart("\u00EF\u00BB\u00BF\r\n"u8);
        while (!start.IsEmpty && !(hasVersion && hasType))
        {
            int end = start.IndexOf((byte)'\n');
            var line = end < 0 ? start : start[..end];
            start = start[(end < 0 ? start.Length : end + 1)..];
            int colon = line.IndexOf((byte)':');
            bool isFolded = line is [(byte)' ' or (byte)'\t', ..];
            if (!isFolded && (colon <= 0 || line[..colon].ContainsAnyExceptInRange((byte)33, (byte)126)))
            {
                return false;
            }

            hasVersion |= !isFolded && System.Text.Ascii.EqualsIgnoreCase(line[..colon], "MIME-Version"u8);
            hasType |= !isFolded && System.Text.Ascii.EqualsIgnoreCase(line[..colon], "Content-Type"u8);
        }

        return hasVersion && hasType;
    }

    // Compound files (old and encrypted Office), RAR, 7-Zip, gzip, bzip2, xz.
    private static bool IsClosed(ReadOnlySpan<byte> start) =>
        start is [0xD0, 0xCF, 0x11, 0xE0, ..] or [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, ..] or [0x1F, 0x8B, 8, ..] or [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, ..]
        || start.StartsWith("Rar!\u001A\u0007"u8) || (start.StartsWith("BZh"u8) && start[3..].IndexOf("1AY&SY"u8) == 1)
        || start.StartsWith("-----BEGIN PGP MESSAGE-----"u8);

    private static bool Ends(string name, string end) => name.EndsWith(end, StringComparison.OrdinalIgnoreCase);
}
