namespace PluginMail.Abstractions;

/// <summary>A leaf part of a message (RFC 2046).</summary>
/// <param name="Section">The part's number as IMAP counts (RFC 3501 section 6.4.5), as <c>1.2</c>.</param>
/// <param name="MediaType">Type and subtype in lower case, as <c>text/plain</c>.</param>
/// <param name="Charset">The charset parameter in lower case; null where there is none.</param>
/// <param name="FileName">The name of the attachment, decoded (RFC 2231, RFC 2047), always one line; null where there is none.</param>
/// <param name="IsAttachment">Whether the disposition is attachment (RFC 2183).</param>
/// <param name="Offset">Where the encoded body begins in the content.</param>
/// <param name="Length">Octets of the encoded body.</param>
public sealed record MessagePart(
    string Section, string MediaType, string? Charset, string? FileName, bool IsAttachment, long Offset, long Length);
