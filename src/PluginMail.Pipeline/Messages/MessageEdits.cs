using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using PluginMail.Abstractions;
using PluginMail.Mime;
using PluginMail.Storage;

namespace PluginMail.Pipeline;

/// <summary>Makes the changes that effects ask for. Untouched octets stay as they are; a change of octets makes a new spool.</summary>
internal sealed class MessageEdits(IBodyStore bodies, string hostname, TimeProvider clock)
{
    private const int BlockSize = 65536;

    /// <summary>Applies effects in their order.</summary>
    public async ValueTask<StagedMessage> ApplyAsync(StagedMessage staged, ImmutableArray<Effect> effects, CancellationToken cancellationToken)
    {
        var headerEdits = new List<MimeHeaderEdit>();
        ReadOnlyMemory<byte>? body = null;
        foreach (Effect effect in effects)
        {
            switch (effect)
            {
                case Effect.ReplaceMessage replace:
                    headerEdits.Clear(); // edits of a message that goes away
                    body = null;
                    staged = await ReplaceAsync(staged, replace.Replacement, cancellationToken);
                    break;
                case Effect.ReplaceBody replace:
                    body = replace.Octets;
                    break;
                case HeaderEdit edit:
                    headerEdits.Add(Translate(edit));
                    break;
                default:
                    staged = staged with { Envelope = Apply(staged.Envelope, effect) };
                    break;
            }
        }

        return await EditAsync(staged, headerEdits, body, cancellationToken);
    }

    private static Envelope Apply(Envelope envelope, Effect effect) => effect switch
    {
        Effect.AddRecipient add when !envelope.Recipients.Contains(add.Recipient) => EnvelopeEdits.Add(envelope, add),
        Effect.RemoveRecipient remove => EnvelopeEdits.Remove(envelope, remove.Recipient),
        Effect.ChangeSender change => EnvelopeEdits.Change(envelope, change),
        _ => envelope,
    };

    private static MimeHeaderEdit Translate(HeaderEdit edit) => edit switch
    {
        HeaderEdit.Add { AtTop: true } add => new MimeHeaderEdit.Prepend(add.Name, add.Value),
        HeaderEdit.Add add => new MimeHeaderEdit.Append(add.Name, add.Value),
        HeaderEdit.Replace replace => new MimeHeaderEdit.Replace(replace.Name, replace.Value, replace.Index),
        HeaderEdit.Insert insert => new MimeHeaderEdit.Insert(insert.Name, insert.RawValue, insert.Position),
        HeaderEdit.Remove remove => new MimeHeaderEdit.Remove(remove.Name, remove.Index == 0 ? null : remove.Index),
        _ => throw new ArgumentOutOfRangeException(nameof(edit), edit, "a header edit that is not known"),
    };

    /// <summary>Edits the header.</summary>
    public ValueTask<StagedMessage> EditHeaderAsync(
        StagedMessage staged, IReadOnlyList<MimeHeaderEdit> headerEdits, CancellationToken cancellationToken) =>
        EditAsync(staged, headerEdits, body: null, cancellationToken);

    private async ValueTask<StagedMessage> EditAsync(
        StagedMessage staged, IReadOnlyList<MimeHeaderEdit> headerEdits, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken)
    {
        if (headerEdits.Count == 0 && body is null)
        {
            return staged;
        }

        MailMessage old = staged.Message;
        var header = new ArrayBufferWriter<byte>(old.Header.Length + 512);
        HeaderEdits.Apply(old.Header.Span, headerEdits, header);
        SpooledMessage spool = SpooledMessage.Begin(bodies, default);
        staged.Owned.Add(spool);
        await spool.WriteAsync(header.WrittenMemory, cancellationToken);
        if (body is { } octets)
        {
            await spool.WriteAsync(Separator(old, header.WrittenSpan), cancellationToken);
            await spool.WriteAsync(octets, cancellationToken);
            return staged with { Message = await spool.CompleteAsync(cancellationToken) };
        }

        if ((old.Structure.Root.Defects & MimeDefects.MissingHeader) != 0)
        {
            await spool.WriteAsync("\r\n"u8.ToArray(), cancellationToken); // the body was not parted from a header; now it must be
        }

        await CopyAsync(old.Content, old.Structure.Root.HeaderEnd, spool, cancellationToken);
        return staged with { Message = await spool.CompleteAsync(cancellationToken) };
    }

    /// <summary>The empty line between a header and a new body, as the message has it where it has one.</summary>
    private static byte[] Separator(MailMessage old, ReadOnlySpan<byte> header)
    {
        byte[] emptyLine = new byte[Math.Min(2, old.Structure.Root.BodyStart - old.Structure.Root.HeaderEnd)];
        return old.Content.Read(old.Structure.Root.HeaderEnd, emptyLine) > 0 ? emptyLine
            : header.IsEmpty || header.EndsWith("\n"u8) ? "\r\n"u8.ToArray()
            : "\r\n\r\n"u8.ToArray();
    }

    private static async ValueTask CopyAsync(MessageContent content, long offset, SpooledMessage spool, CancellationToken cancellationToken)
    {
        byte[] block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            for (int count; (count = content.Read(offset, block)) > 0; offset += count)
            {
                await spool.WriteAsync(block.AsMemory(0, count), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private async ValueTask<StagedMessage> ReplaceAsync(StagedMessage staged, MessageBuilder builder, CancellationToken cancellationToken)
    {
        SpooledMessage spool = SpooledMessage.Begin(bodies, staged.TraceHeader);
        staged.Owned.Add(spool);
        foreach (ReadOnlyMemory<byte> segment in Compose(staged, builder).Segments)
        {
            await spool.WriteAsync(segment, cancellationToken);
        }

        return staged with { Message = await spool.CompleteAsync(cancellationToken) };
    }

    private ComposedMessage Compose(StagedMessage staged, MessageBuilder builder)
    {
        var composer = new MessageComposer();
        foreach ((string name, string value) in builder.Headers)
        {
            if (IsAddressField(name))
            {
                composer.Add(name, AddressParser.Parse(value));
            }
            else
            {
                composer.Add(name, value);
            }
        }

        if (!HasField(builder, "Date"))
        {
            composer.Add("Date", clock.GetUtcNow());
        }

        if (!HasField(builder, "Message-ID"))
        {
            composer.AddRaw("Message-ID", NewMessageId());
        }

        composer.Body = MimeContent.Text(builder.Text);
        foreach (MessageAttachment attachment in builder.Attachments)
        {
            composer.Attach(MimeContent.Data(attachment.MediaType, attachment.Data, attachment.FileName));
        }

        if (builder.AttachesOriginal)
        {
            composer.Attach(MimeContent.Message(Blocks(staged.Message.Content), fileName: "original.eml"));
        }

        return composer.Compose();
    }

    /// <summary>A new Message-ID (RFC 5322 section 3.6.4), angle brackets included.</summary>
    public string NewMessageId() => $"<{clock.GetUtcNow():yyyyMMddHHmmss}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}@{hostname}>";

    private static bool HasField(MessageBuilder builder, string name) =>
        builder.Headers.Any(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static bool IsAddressField(string name) =>
        name.ToUpperInvariant() is "FROM" or "TO" or "CC" or "BCC" or "SENDER" or "REPLY-TO" or "RESENT-FROM" or "RESENT-TO";

    private static IEnumerable<ReadOnlyMemory<byte>> Blocks(MessageContent content)
    {
        byte[] block = new byte[BlockSize]; // each block is written before the next is asked for
        long offset = 0;
        for (int count; (count = content.Read(offset, block)) > 0; offset += count)
        {
            yield return block.AsMemory(0, count);
        }
    }
}
