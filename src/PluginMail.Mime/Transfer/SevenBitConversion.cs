using System.Buffers;
using System.Text;

namespace PluginMail.Mime;

/// <summary>
/// Turns a message with 8-bit bodies into one of 7-bit octets with the same meaning (RFC 6152 section 3, RFC 2045 section 6): parts that
/// need it are encoded as quoted-printable (text) or base64, embedded messages included; everything else stays as it is.
/// </summary>
public static class SevenBitConversion
{
    /// <summary>Converts a message.</summary>
    /// <param name="message">The whole message, lines ended by CR LF.</param>
    /// <param name="output">Takes the converted message; holds a part of one where the result is false.</param>
    /// <returns>False where it cannot be converted: 8-bit octets in a header, in a signed or encrypted multipart, between parts, or in a part that may not be encoded.</returns>
    public static bool TryConvert(ReadOnlySpan<byte> message, IBufferWriter<byte> output)
    {
        var structure = MimeScanner.Scan(message);
        return new Converter(message, output).TryPart(structure.Root, structure.Root.HeaderStart, isMessage: true) is { } end
            && TryCopy(message[(int)end..], output);
    }

    private static bool TryCopy(ReadOnlySpan<byte> octets, IBufferWriter<byte> output)
    {
        output.Write(octets);
        return Ascii.IsValid(octets);
    }

    private readonly ref struct Converter(ReadOnlySpan<byte> message, IBufferWriter<byte> output)
    {
        private readonly ReadOnlySpan<byte> _message = message;

        /// <summary>Writes what lies between a position and a part, then the part; gives the position behind it, or null where it cannot be converted.</summary>
        public long? TryPart(MimePart part, long position, bool isMessage)
        {
            if (!TryCopy(Slice(position, part.HeaderStart), output))
            {
                return null;
            }

            if (Ascii.IsValid(Slice(part.HeaderStart, part.BodyEnd)))
            {
                output.Write(Slice(part.HeaderStart, part.BodyEnd));
                return part.BodyEnd;
            }

            if (!Ascii.IsValid(Slice(part.HeaderStart, part.BodyStart)))
            {
                return null;
            }

            return part.IsMultipart || part.EmbeddedMessage is not null ? TryComposite(part, isMessage) : TryLeaf(part, isMessage);
        }

        private long? TryComposite(MimePart part, bool isMessage)
        {
            if (part.ContentType.Type == "multipart" && part.ContentType.Subtype is "signed" or "encrypted")
            {
                return null;
            }

            WriteHeader(part, "7bit"u8, isMessage);
            var position = part.BodyStart;
            foreach (var child in part.EmbeddedMessage is { } embedded ? [embedded] : part.Children)
            {
                if (TryPart(child, position, isMessage: part.EmbeddedMessage is not null) is not { } end)
                {
                    return null;
                }
                position = end;
            }
            return TryCopy(Slice(position, part.BodyEnd), output) ? part.BodyEnd : null;
        }

        private long? TryLeaf(MimePart part, bool isMessage)
        {
            if (part.ContentType.Type is "multipart" or "message"
                || part.TransferEncoding is TransferEncoding.Base64 or TransferEncoding.QuotedPrintable or TransferEncoding.UUEncode or TransferEncoding.Unknown)
            {
                return null;
            }

            var body = Slice(part.BodyStart, part.BodyEnd);
            if (part.ContentType.Type == "text" && part.TransferEncoding != TransferEncoding.Binary)
            {
                WriteHeader(part, "quoted-printable"u8, isMessage);
                TransferEncoder.WriteQuotedPrintable(body, output);
            }
            else
            {
                WriteHeader(part, "base64"u8, isMessage);
                TransferEncoder.WriteBase64(body, output);
            }
            return part.BodyEnd;
        }

        // The fields in their order without Content-Transfer-Encoding; a message that says nothing of MIME says so now.
        private void WriteHeader(MimePart part, ReadOnlySpan<byte> encoding, bool isMessage)
        {
            var header = Slice(part.HeaderStart, part.HeaderEnd);
            var (hasVersion, hasType) = (false, false);
            foreach (var field in new HeaderBlock(header))
            {
                hasVersion |= field.Is("MIME-Version"u8);
                hasType |= field.Is("Content-Type"u8);
                if (!field.Is("Content-Transfer-Encoding"u8))
                {
                    output.Write(field.Raw);
                }
            }
            if (isMessage && !hasVersion)
            {
                output.Write("MIME-Version: 1.0\r\n"u8);
            }
            if (isMessage && !hasType)
            {
                output.Write("Content-Type: text/plain; charset=unknown-8bit\r\n"u8); // RFC 1428 section 3
            }
            output.Write("Content-Transfer-Encoding: "u8);
            output.Write(encoding);
            output.Write("\r\n\r\n"u8);
        }

        private ReadOnlySpan<byte> Slice(long start, long end) => _message[(int)start..(int)end];
    }
}
