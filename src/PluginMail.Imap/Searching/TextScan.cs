using System.Buffers;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Mime;

namespace PluginMail.Imap;

/// <summary>Looks for a text in a message's headers and text parts, decoded, piece by piece within bounded memory.</summary>
internal static class TextScan
{
    private const int PieceSize = 16 * 1024;

    /// <summary>Whether a message holds a text.</summary>
    /// <param name="subject">The message.</param>
    /// <param name="needle">The text.</param>
    /// <param name="withHeader">Whether its own header counts; those of embedded messages are part of the body.</param>
    public static bool Contains(SearchSubject subject, Needle needle, bool withHeader)
    {
        if (needle.Text.Length == 0 || (withHeader && HeaderContains(subject.Message.Header, needle)))
        {
            return true;
        }

        foreach (MimePart part in subject.Message.Structure.Root.SelfAndDescendants())
        {
            if (part.EmbeddedMessage is { } embedded)
            {
                if (EmbeddedHeaderContains(subject.Message, embedded, needle))
                {
                    return true;
                }
            }
            else if (!part.IsMultipart && part.ContentType.Type is "text" or "message" && BodyContains(subject.Message, part, needle))
            {
                return true;
            }
        }

        return false;
    }

    private static bool EmbeddedHeaderContains(MessageReader message, MimePart embedded, Needle needle)
    {
        int length = (int)Math.Min(embedded.BodyStart - embedded.HeaderStart, MessageReader.MaximumHeader);
        return HeaderContains(message.Read(message.Row.Prefix.Length + embedded.HeaderStart, length), needle);
    }

    private static bool HeaderContains(ReadOnlySpan<byte> header, Needle needle)
    {
        bool isPlain = Ascii.IsValid(header) && header.IndexOf("=?"u8) < 0;
        return isPlain ? PlainHeaderContains(header, needle) : DecodedHeaderContains(header, needle);
    }

    /// <summary>Searches a header that needs no decoding, unfolded, as one text.</summary>
    private static bool PlainHeaderContains(ReadOnlySpan<byte> header, Needle needle)
    {
        char[] text = ArrayPool<char>.Shared.Rent(header.Length);
        int length = 0;
        while (!header.IsEmpty)
        {
            int end = header.IndexOf((byte)'\n') + 1;
            end = end == 0 ? header.Length : end;
            ReadOnlySpan<byte> line = header[..end];
            header = header[end..];
            bool isFolded = !header.IsEmpty && header[0] is (byte)' ' or (byte)'\t';
            length += Encoding.Latin1.GetChars(isFolded ? line.TrimEnd("\r\n"u8) : line, text.AsSpan(length));
        }

        bool found = needle.IsIn(text.AsSpan(0, length));
        ArrayPool<char>.Shared.Return(text);
        return found;
    }

    private static bool DecodedHeaderContains(ReadOnlySpan<byte> header, Needle needle)
    {
        foreach (HeaderField field in new HeaderBlock(header))
        {
            string line = $"{Encoding.Latin1.GetString(field.Name)}: {HeaderText.Decode(field.RawValue).Text}";
            if (needle.IsIn(line))
            {
                return true;
            }
        }

        return false;
    }

    private static bool BodyContains(MessageReader message, MimePart part, Needle needle)
    {
        Encoding encoding = CharsetDecoder.TryGet(part.ContentType.Charset ?? "utf-8", out CharsetDecoder charset) && charset.Encoding is { } known
            ? known
            : Encoding.UTF8;
        TransferDecoder? transfer = part.TransferEncoding is TransferEncoding.Base64 or TransferEncoding.QuotedPrintable or TransferEncoding.UUEncode
            ? TransferDecoder.Create(part.TransferEncoding)
            : null;
        var window = new TextWindow(encoding.CodePage == Encoding.ASCII.CodePage ? Encoding.UTF8 : encoding, needle);
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            return Scan(message.Content, message.Row.Prefix.Length, part, transfer, window, piece);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
            window.Release();
        }
    }

    private static bool Scan(
        MessageContent content, int prefix, MimePart part, TransferDecoder? transfer, TextWindow window, byte[] piece)
    {
        var decoded = transfer is null ? null : new ArrayBufferWriter<byte>(PieceSize);
        long end = part.BodyEnd + prefix;
        for (long at = part.BodyStart + prefix; at < end;)
        {
            int read = content.Read(at, piece.AsSpan(0, (int)Math.Min(PieceSize, end - at)));
            if (read == 0)
            {
                return false;
            }

            at += read;
            ReadOnlySpan<byte> octets = piece.AsSpan(0, read);
            if (decoded is not null)
            {
                decoded.ResetWrittenCount();
                transfer!.Append(octets, decoded);
                if (at >= end)
                {
                    transfer.Finish(decoded);
                }

                octets = decoded.WrittenSpan;
            }

            if (window.Append(octets))
            {
                return true;
            }
        }

        return false;
    }
}
