using System.Buffers;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Mime;

namespace PluginMail.Imap;

/// <summary>Writes body sections: octets of a message, streamed, or some fields of a header.</summary>
/// <param name="writer">Where to.</param>
internal sealed class SectionWriter(ImapWriter writer)
{
    private const int BlockSize = 32 * 1024;

    /// <summary>Writes a section with its label.</summary>
    /// <param name="message">Of which message.</param>
    /// <param name="section">Which section.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>Completes when it is written; the client's pace is the pace of it.</returns>
    public ValueTask WriteAsync(MessageReader message, BodySection section, CancellationToken cancellationToken)
    {
        if (!TryFind(message, section, out long offset, out long length))
        {
            writer.Write(section.Label);
            writer.Write(" NIL"u8);
            return ValueTask.CompletedTask;
        }

        if (section.Text is SectionText.HeaderFields or SectionText.HeaderFieldsNot)
        {
            WriteFields(message, section, offset, length);
            return ValueTask.CompletedTask;
        }

        long start = Math.Min(section.Start, length);
        long count = Math.Min(section.Count ?? length, length - start);
        return WriteOctetsAsync(message.Content, section.Label, offset + start, count, cancellationToken);
    }

    /// <summary>Where a section's octets lie in the whole message, prefix included.</summary>
    private static bool TryFind(MessageReader message, BodySection section, out long offset, out long length)
    {
        (offset, length) = (0, message.Row.Size);
        if (!section.NeedsStructure)
        {
            return true;
        }

        MimePart? part = message.Structure.FindSection(section.Part.AsSpan());
        bool isOfMessage = section.Text is not (SectionText.All or SectionText.Mime);
        if (isOfMessage && !section.Part.IsEmpty)
        {
            part = part?.EmbeddedMessage; // HEADER and TEXT of a part are those of the message in it
        }

        if (part is null)
        {
            return false;
        }

        bool isBody = section.Text is SectionText.All or SectionText.Text;
        bool isWholeHeader = !isBody && ReferenceEquals(part, message.Structure.Root);
        int prefix = message.Row.Prefix.Length;
        offset = isWholeHeader ? 0 : prefix + (isBody ? part.BodyStart : part.HeaderStart);
        length = prefix + (isBody ? part.BodyEnd : part.BodyStart) - offset;
        return true;
    }

    private async ValueTask WriteOctetsAsync(
        MessageContent content, byte[] label, long offset, long count, CancellationToken cancellationToken)
    {
        writer.Write(label);
        writer.Write(" "u8);
        writer.WriteLiteralSize(count);
        if (content.TryGetMemory(out ReadOnlyMemory<byte> memory))
        {
            for (; count > 0; offset += BlockSize, count -= BlockSize)
            {
                writer.Write(memory.Span.Slice((int)offset, (int)Math.Min(count, BlockSize)));
                await writer.FlushIfFullAsync(cancellationToken);
            }

            return;
        }

        while (count > 0)
        {
            int read = ReadBlock(content, offset, count);
            offset += read;
            count -= read;
            await writer.FlushIfFullAsync(cancellationToken);
        }
    }

    private int ReadBlock(MessageContent content, long offset, long count)
    {
        Span<byte> room = writer.Room(4096);
        int read = content.Read(offset, room[..(int)Math.Min(count, room.Length)]);
        if (read == 0)
        {
            throw new ClientLostException("A stored message is shorter than it should be");
        }

        writer.Advance(read);
        return read;
    }

    private void WriteFields(MessageReader message, BodySection section, long offset, long length)
    {
        ReadOnlySpan<byte> block = offset == 0
            ? message.Header
            : message.Read(offset, (int)Math.Min(length, MessageReader.MaximumHeader));
        byte[] rented = ArrayPool<byte>.Shared.Rent(block.Length + 2);
        try
        {
            int kept = 0;
            bool excludes = section.Text == SectionText.HeaderFieldsNot;
            foreach (HeaderField field in new HeaderBlock(block))
            {
                if (IsNamed(field, section) != excludes)
                {
                    field.Raw.CopyTo(rented.AsSpan(kept));
                    kept += field.Raw.Length;
                }
            }

            "\r\n"u8.CopyTo(rented.AsSpan(kept));
            kept += 2;
            int start = (int)Math.Min(section.Start, (uint)kept);
            int count = (int)Math.Min(section.Count ?? (uint)kept, (uint)(kept - start));
            writer.Write(section.Label);
            writer.Write(" "u8);
            writer.WriteLiteralSize(count);
            writer.Write(rented.AsSpan(start, count));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static bool IsNamed(HeaderField field, BodySection section)
    {
        foreach (byte[] name in section.Fields)
        {
            if (!field.IsGarbage && Ascii.EqualsIgnoreCase(field.Name, name))
            {
                return true;
            }
        }

        return false;
    }
}
