using PluginMail.Mime;

namespace PluginMail.Imap;

/// <summary>Writes ENVELOPE (RFC 3501 section 7.4.2) from the fields as the message has them: unfolded, encoded words kept.</summary>
/// <param name="writer">Where to.</param>
internal sealed class EnvelopeWriter(ImapWriter writer)
{
    private static readonly byte[][] Names =
    [
        "Date"u8.ToArray(), "Subject"u8.ToArray(), "From"u8.ToArray(), "Sender"u8.ToArray(), "Reply-To"u8.ToArray(), "To"u8.ToArray(),
        "Cc"u8.ToArray(), "Bcc"u8.ToArray(), "In-Reply-To"u8.ToArray(), "Message-ID"u8.ToArray(),
    ];

    private readonly AddressListWriter _addresses = new(writer);

    /// <summary>Writes an envelope.</summary>
    /// <param name="envelope">The stored fields; null where there are none.</param>
    /// <param name="before">A header block whose fields come before them: a copy's prefix, or the whole header where the stored ones are not complete.</param>
    public void Write(MimeEnvelope? envelope, ReadOnlySpan<byte> before)
    {
        writer.Write("("u8);
        writer.WriteUnfolded(Find(envelope, before, EnvelopeHeader.Date));
        writer.Write(" "u8);
        writer.WriteUnfolded(Find(envelope, before, EnvelopeHeader.Subject));
        writer.Write(" "u8);
        ReadOnlySpan<byte> from = Find(envelope, before, EnvelopeHeader.From);
        _addresses.Write(from);
        WriteOr(Find(envelope, before, EnvelopeHeader.Sender), from);
        WriteOr(Find(envelope, before, EnvelopeHeader.ReplyTo), from);
        WriteOr(Find(envelope, before, EnvelopeHeader.To), default);
        WriteOr(Find(envelope, before, EnvelopeHeader.Cc), default);
        WriteOr(Find(envelope, before, EnvelopeHeader.Bcc), default);
        writer.Write(" "u8);
        writer.WriteUnfolded(Find(envelope, before, EnvelopeHeader.InReplyTo));
        writer.Write(" "u8);
        writer.WriteUnfolded(Find(envelope, before, EnvelopeHeader.MessageId));
        writer.Write(")"u8);
    }

    /// <summary>The first field of a name: of the block before, else of the stored ones.</summary>
    public static ReadOnlySpan<byte> Find(MimeEnvelope? envelope, ReadOnlySpan<byte> before, EnvelopeHeader header)
    {
        if (!before.IsEmpty && new HeaderBlock(before).TryFind(Names[(int)header], out HeaderField field))
        {
            return field.RawValue.Trim(" \t\r\n"u8);
        }

        return envelope is null ? default : envelope[header].Span;
    }

    private void WriteOr(ReadOnlySpan<byte> value, ReadOnlySpan<byte> otherwise)
    {
        writer.Write(" "u8);
        if (value.IsEmpty || !_addresses.TryWrite(value))
        {
            _addresses.Write(otherwise);
        }
    }
}
