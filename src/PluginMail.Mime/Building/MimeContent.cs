using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace PluginMail.Mime;

/// <summary>The content of a message or part to be built. Made by the factory methods, immutable, and may be written more than once.</summary>
public abstract record MimeContent
{
    private protected MimeContent()
    {
    }

    /// <summary>Text of a subtype ("plain", "html") in UTF-8; its line ends become CRLF, its transfer encoding the fitting one.</summary>
    public static MimeContent Text(string text, string subtype = "plain") => new TextContent(text, subtype);

    /// <summary>Bytes in base64; an attachment when a file name is given.</summary>
    public static MimeContent Data(string mediaType, ReadOnlyMemory<byte> bytes, string? fileName = null) =>
        new DataContent(mediaType, bytes, fileName);

    /// <summary>A message/rfc822 part that passes the original through byte for byte.</summary>
    /// <param name="pieces">The original's bytes in pieces of any size.</param>
    /// <param name="encoding">7bit, 8bit or binary, as the original is; nothing else is allowed (RFC 2046 section 5.2.1).</param>
    /// <param name="fileName">A name for the attachment, or null for none.</param>
    /// <param name="isInternational">Whether its header is in UTF-8 (see <see cref="IsInternational"/>), so that it is message/global (RFC 6532 section 3.7).</param>
    public static MimeContent Message(
        IEnumerable<ReadOnlyMemory<byte>> pieces,
        TransferEncoding encoding = TransferEncoding.EightBit,
        string? fileName = null,
        bool isInternational = false) =>
        new PassedContent(isInternational ? "message/global" : "message/rfc822", pieces, encoding, fileName);

    /// <summary>
    /// A part with the given header block: text/rfc822-headers (RFC 6522 section 4), or message/global-headers where it is in UTF-8
    /// (RFC 6533 section 3).
    /// </summary>
    public static MimeContent Headers(ReadOnlyMemory<byte> headerBlock) => new PassedContent(
        IsInternational(headerBlock.Span) ? "message/global-headers" : "text/rfc822-headers", [headerBlock], EncodingOf(headerBlock.Span), null);

    /// <summary>Whether a header block holds UTF-8 that is not ASCII (RFC 6532 section 3). Octets that are neither are old mail without a name.</summary>
    public static bool IsInternational(ReadOnlySpan<byte> headerBlock) =>
        !Ascii.IsValid(headerBlock) && System.Text.Unicode.Utf8.IsValid(headerBlock);

    /// <summary>Lines under a media type, such as message/delivery-status; 8bit when they are not ASCII.</summary>
    public static MimeContent Lines(string mediaType, string lines) =>
        new PassedContent(mediaType, [Encoding.UTF8.GetBytes(lines)], EncodingOf(Encoding.UTF8.GetBytes(lines)), null);

    /// <summary>
    /// A MIME entity that somebody else wrote (RFC 2045 section 2.4): its Content fields and its body. Its other fields are left out, its line
    /// ends become CRLF.
    /// </summary>
    public static MimeContent Entity(ReadOnlyMemory<byte> entity) => new EntityContent(entity);

    /// <summary>A multipart of a subtype with its parts, at least one.</summary>
    public static MimeContent Multipart(string subtype, IReadOnlyList<MimeContent> parts, IReadOnlyList<MimeParameter>? parameters = null) =>
        new MultipartContent(subtype, parts, parameters ?? []);

    /// <summary>Writes the content fields, the empty line and the body, which does not end with a line end of its own.</summary>
    internal abstract void Write(SegmentList message);

    private protected static string Disposition(string? fileName) => fileName is null
        ? ""
        : HeaderEncoder.Parameterized("Content-Disposition", "attachment", [new("filename", fileName)]);

    private static TransferEncoding EncodingOf(ReadOnlySpan<byte> octets) =>
        Ascii.IsValid(octets) ? TransferEncoding.SevenBit : TransferEncoding.EightBit;

    private sealed record TextContent(string Value, string Subtype) : MimeContent
    {
        internal override void Write(SegmentList message)
        {
            var octets = Encoding.UTF8.GetBytes(Value.ReplaceLineEndings("\r\n"));
            var encoding = TextEncodingChoice.For(octets);
            message.Write(HeaderEncoder.Parameterized("Content-Type", $"text/{Subtype}", [new("charset", "utf-8")]));
            message.Write($"Content-Transfer-Encoding: {TextEncodingChoice.NameOf(encoding)}\r\n\r\n");
            switch (encoding)
            {
                case TransferEncoding.Base64:
                    TransferEncoder.WriteBase64(octets, message.Output);
                    break;
                case TransferEncoding.QuotedPrintable:
                    TransferEncoder.WriteQuotedPrintable(octets, message.Output);
                    break;
                default:
                    message.Output.Write(octets);
                    break;
            }
        }
    }

    private sealed record DataContent(string MediaType, ReadOnlyMemory<byte> Bytes, string? FileName) : MimeContent
    {
        internal override void Write(SegmentList message)
        {
            message.Write(HeaderEncoder.Parameterized("Content-Type", MediaType, FileName is null ? [] : [new("name", FileName)]));
            message.Write(Disposition(FileName));
            message.Write("Content-Transfer-Encoding: base64\r\n\r\n");
            TransferEncoder.WriteBase64(Bytes.Span, message.Output);
        }
    }

    private sealed record PassedContent(
        string MediaType, IEnumerable<ReadOnlyMemory<byte>> Pieces, TransferEncoding Encoding, string? FileName) : MimeContent
    {
        internal override void Write(SegmentList message)
        {
            message.Write(HeaderEncoder.Parameterized("Content-Type", MediaType, []));
            message.Write(Disposition(FileName));
            message.Write($"Content-Transfer-Encoding: {TextEncodingChoice.NameOf(Encoding)}\r\n\r\n");
            message.Pass(Pieces);
        }
    }

    private sealed record EntityContent(ReadOnlyMemory<byte> Octets) : MimeContent
    {
        internal override void Write(SegmentList message)
        {
            var bodyStart = HeaderBlock.FindBody(Octets.Span, out var headerEnd);
            var isEncoded = false;
            foreach (var field in new HeaderBlock(Octets.Span[..headerEnd]))
            {
                if (!field.IsGarbage && Ascii.IsValid(field.Raw) && Encoding.Latin1.GetString(field.Name).StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
                {
                    isEncoded |= field.Is("Content-Transfer-Encoding"u8);
                    message.Write(Encoding.ASCII.GetString(field.Raw).TrimEnd('\r', '\n').ReplaceLineEndings("\r\n") + "\r\n");
                }
            }

            var body = Octets.Span[bodyStart..];
            message.Write(isEncoded || Ascii.IsValid(body) ? "\r\n" : "Content-Transfer-Encoding: 8bit\r\n\r\n");
            WriteLines(body, message.Output);
        }

        private static void WriteLines(ReadOnlySpan<byte> body, IBufferWriter<byte> output)
        {
            while (body.IndexOf((byte)'\n') is >= 0 and var end)
            {
                output.Write(body[..end].TrimEnd((byte)'\r'));
                output.Write("\r\n"u8);
                body = body[(end + 1)..];
            }

            output.Write(body);
        }
    }

    private sealed record MultipartContent(string Subtype, IReadOnlyList<MimeContent> Parts, IReadOnlyList<MimeParameter> Parameters) : MimeContent
    {
        /// <summary>144 random bits that no sender can foresee; "=_" stands in no base64 and in no quoted-printable text.</summary>
        internal override void Write(SegmentList message)
        {
            var boundary = $"=_{Convert.ToHexString(RandomNumberGenerator.GetBytes(18))}";
            message.Write(HeaderEncoder.Parameterized("Content-Type", $"multipart/{Subtype}", [.. Parameters, new("boundary", boundary)]));
            message.Write("\r\n");
            var isFirst = true;
            foreach (var part in Parts)
            {
                message.Write(isFirst ? $"--{boundary}\r\n" : $"\r\n--{boundary}\r\n");
                part.Write(message);
                isFirst = false;
            }
            message.Write($"\r\n--{boundary}--\r\n");
        }
    }
}
