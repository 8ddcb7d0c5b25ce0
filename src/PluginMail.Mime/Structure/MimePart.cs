namespace PluginMail.Mime;

/// <summary>
/// One part of a message: where it lies and what its content fields say (RFC 2045, 2046, 2183; RFC 3501 section 7.4.2). Offsets count
/// bytes from the start of the message. Immutable.
/// </summary>
public sealed class MimePart
{
    /// <summary>Offset of the part's first header byte.</summary>
    public required long HeaderStart { get; init; }

    /// <summary>Offset after the last header field: where the empty line starts, if there is one.</summary>
    public required long HeaderEnd { get; init; }

    /// <summary>Offset of the body's first byte, after the empty line.</summary>
    public required long BodyStart { get; init; }

    /// <summary>Offset after the body; the line end before a boundary line belongs to the boundary (RFC 2046 section 5.1.1).</summary>
    public required long BodyEnd { get; init; }

    /// <summary>Line ends (LF) in the body.</summary>
    public required long BodyLines { get; init; }

    /// <summary>Line ends (LF) in the header, the empty line's included.</summary>
    public required long HeaderLines { get; init; }

    /// <summary>Body size in octets, still encoded.</summary>
    public long BodyLength => BodyEnd - BodyStart;

    /// <summary>Media type and parameters; the default of the place when the part has no Content-Type.</summary>
    public required ContentType ContentType { get; init; }

    /// <summary>Content-Transfer-Encoding in lower case, or null when absent (which means 7bit).</summary>
    public string? TransferEncodingName { get; init; }

    /// <summary>Content-ID with its angle brackets, or null.</summary>
    public string? ContentId { get; init; }

    /// <summary>Content-Description, unfolded but with its encoded words, or null.</summary>
    public string? ContentDescription { get; init; }

    /// <summary>Content-Disposition, or null.</summary>
    public ContentDisposition? ContentDisposition { get; init; }

    /// <summary>Content-MD5, or null.</summary>
    public string? ContentMd5 { get; init; }

    /// <summary>Tags of Content-Language.</summary>
    public IReadOnlyList<string> ContentLanguage { get; init; } = [];

    /// <summary>Content-Location, or null.</summary>
    public string? ContentLocation { get; init; }

    /// <summary>Parts of a multipart, in order.</summary>
    public IReadOnlyList<MimePart> Children { get; init; } = [];

    /// <summary>The message inside a message/rfc822 or message/global part, or null.</summary>
    public MimePart? EmbeddedMessage { get; init; }

    /// <summary>Envelope fields; present for the message itself and for embedded messages.</summary>
    public MimeEnvelope? Envelope { get; init; }

    /// <summary>What is wrong with this part.</summary>
    public MimeDefects Defects { get; init; }

    /// <summary>The mechanism to decode the body with.</summary>
    public TransferEncoding TransferEncoding => TransferDecoder.Parse(TransferEncodingName);

    /// <summary>True when the part was taken apart as a multipart.</summary>
    public bool IsMultipart => Children.Count > 0;

    /// <summary>The file name that Content-Disposition or the name parameter gives, or null.</summary>
    public string? FileName => ContentDisposition?.FileName ?? ContentType["name"];

    /// <summary>This part and all below it, in the order of the message.</summary>
    public IEnumerable<MimePart> SelfAndDescendants()
    {
        var open = new Stack<MimePart>();
        open.Push(this);
        while (open.TryPop(out var part))
        {
            yield return part;
            if (part.EmbeddedMessage is not null)
            {
                open.Push(part.EmbeddedMessage);
            }
            for (var i = part.Children.Count - 1; i >= 0; i--)
            {
                open.Push(part.Children[i]);
            }
        }
    }
}
