namespace PluginMail.Mime;

/// <summary>What is wrong with a part or message. None of it stops a scan.</summary>
[Flags]
public enum MimeDefects
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The first line is no header field, so the part has no header.</summary>
    MissingHeader = 1 << 0,

    /// <summary>The header holds lines that are no fields.</summary>
    MalformedHeader = 1 << 1,

    /// <summary>Content-Type could not be read; the type is a default.</summary>
    MalformedContentType = 1 << 2,

    /// <summary>A multipart without a usable boundary parameter, kept as a leaf.</summary>
    MissingBoundary = 1 << 3,

    /// <summary>A multipart whose closing boundary line is missing.</summary>
    MissingEndBoundary = 1 << 4,

    /// <summary>A multipart in which no part was found.</summary>
    NoParts = 1 << 5,

    /// <summary>Nesting went beyond <see cref="MimeLimits.MaxDepth"/>.</summary>
    TooDeep = 1 << 6,

    /// <summary>There were more parts than <see cref="MimeLimits.MaxParts"/>.</summary>
    TooManyParts = 1 << 7,

    /// <summary>There were more fields than <see cref="MimeLimits.MaxHeaderFields"/>.</summary>
    TooManyHeaderFields = 1 << 8,

    /// <summary>A header was longer than <see cref="MimeLimits.MaxHeaderBytes"/>.</summary>
    HeaderTooLong = 1 << 9,

    /// <summary>A line was longer than <see cref="MimeLimits.MaxLineLength"/>.</summary>
    LineTooLong = 1 << 10,

    /// <summary>Envelope values were left out for their size; read the header instead.</summary>
    EnvelopeTooLarge = 1 << 11,

    /// <summary>Content field values were left out for their size; read the header instead.</summary>
    ContentFieldsTooLarge = 1 << 12,

    /// <summary>A message/* part has a content transfer encoding that hides the embedded message (RFC 2046 section 5.2.1 forbids it).</summary>
    EncodedMessage = 1 << 13,
}
