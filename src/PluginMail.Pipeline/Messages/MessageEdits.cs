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
        foreach (Effect effect in effects)
        {
            switch (effect)
            {
                case Effect.ReplaceMessage replace:
                    headerEdits.Clear(); // edits of a message that goes away
                    staged = await ReplaceAsync(staged, replace.Replacement, cancellationToken);
                    break;
                case HeaderEdit edit:
                    headerEdits.Add(Translate(edit));
                    break;
                default:
                    staged = staged with { Envelope = Apply(staged.Envelope, effect) };
                    break;
            }
        }

        return headerEdits.Count == 0 ? staged : await EditHeaderAsync(staged, headerEdits, cancellationToken);
    }

    private static Envelope Apply(Envelope envelope, Effect effect) => effect switch
    {
        Effect.AddRecipient add when !envelope.Recipients.Contains(add.Recipient) =>
            envelope with { Recipients = envelope.Recipients.Add(add.Recipient) },
        Effect.RemoveRecipient remove => envelope with { Recipients = envelope.Recipients.Remove(remove.Recipient) },
        Effect.ChangeSender change => envelope with { Sender = change.Sender },
        _ => envelope,
    };

    private static MimeHeaderEdit Translate(HeaderEdit edit) => edit switch
    {
        HeaderEdit.Add { AtTop: true } add => new MimeHeaderEdit.Prepend(add.Name, add.Value),
        HeaderEdit.Add add => new MimeHeaderEdit.Append(add.Name, add.Value),
        HeaderEdit.Replace replace => new MimeHeaderEdit.Replace(replace.Name, replace.Value, replace.Index),
        HeaderEdit.Remove remove => new MimeHeaderEdit.Remove(remove.Name, remove.Index == 0 ? null : remove.Index),
        _ => throw new ArgumentOutOfRangeException(nameof(edit), edit, "a header edit that is not known"),
    };

    private async ValueTask<StagedMessage> EditHeaderAsync(
        StagedMessage staged, List<MimeHeaderEdit> headerEdits, CancellationToken cancellationToken)
    {
        MailMessage old = staged.Message;
        var header = new ArrayBufferWriter<byte>(old.Header.Length + 512);
        HeaderEdits.Apply(old.Header.Span, headerEdits, header);
        SpooledMessage spool = SpooledMessage.Begin(bodies, default);
        staged.Owned.Add(spool);
        await spool.WriteAsync(header.WrittenMemory, cancellationToken);
        if ((old.Structure.Root.Defects & MimeDefects.MissingHeader) != 0)
        {
            await spool.WriteAsync("\r\n"u8.ToArray(), cancellationToken); // the body was not parted from a header; now it must be
        }

        byte[] block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            long offset = old.Structure.Root.HeaderEnd;
            for (int count; (count = old.Content.Read(offset, block)) > 0; offset += count)
            {
                await spool.WriteAsync(block.AsMemory(0, count), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        return staged with { Message = await spool.CompleteAsync(cancellationToken) };
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
