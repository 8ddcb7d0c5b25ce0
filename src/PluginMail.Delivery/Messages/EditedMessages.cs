using System.Buffers;
using System.Collections.Immutable;
using PluginMail.Filters.Evaluation;
using PluginMail.Mime;
using PluginMail.Pipeline;
using PluginMail.Storage;
using MimeEdit = PluginMail.Mime.HeaderEdit;

namespace PluginMail.Delivery;

/// <summary>
/// The forms that filters give to one message: each a body of its own, made once however many copies have it. The message as it came in stays
/// what it is. Disposed when the delivery is committed.
/// </summary>
internal sealed class EditedMessages(IBodyStore bodies, MailMessage original) : IAsyncDisposable
{
    private const int BlockSize = 65536;
    private readonly List<(ImmutableArray<MessageChange> Changes, NewBody Body)> _made = [];
    private readonly List<IAsyncDisposable> _owned = [];

    /// <summary>The fields that changes put above the message, where they do nothing else: those fit into the prefix of a copy.</summary>
    /// <returns>The edits; null where it takes a body.</returns>
    public static IReadOnlyList<MimeEdit.Prepend>? AsPrefix(ImmutableArray<MessageChange> changes)
    {
        List<MimeEdit.Prepend> fields = [.. changes.OfType<MessageChange.Header>().Select(change => change.Edit).OfType<MimeEdit.Prepend>()];
        return fields.Count == changes.Length ? fields : null;
    }

    /// <summary>The message with changes.</summary>
    /// <exception cref="StoreUnavailableException">The disk is full or broken.</exception>
    public async ValueTask<NewBody> GetAsync(ImmutableArray<MessageChange> changes, CancellationToken cancellationToken)
    {
        if (changes.IsEmpty)
        {
            return original.Body;
        }

        foreach ((ImmutableArray<MessageChange> known, NewBody body) in _made)
        {
            if (known.SequenceEqual(changes))
            {
                return body;
            }
        }

        NewBody made = await MakeAsync(changes, cancellationToken);
        _made.Add((changes, made));
        return made;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable owned in _owned)
        {
            await owned.DisposeAsync();
        }
    }

    private async ValueTask<NewBody> MakeAsync(ImmutableArray<MessageChange> changes, CancellationToken cancellationToken)
    {
        var header = new ArrayBufferWriter<byte>(original.Header.Length + 512);
        HeaderEdits.Apply(original.Header.Span, changes.OfType<MessageChange.Header>().Select(change => change.Edit), header);
        IBodySpool spool = bodies.CreateSpool();
        _owned.Add(spool);
        await spool.WriteAsync(header.WrittenMemory, cancellationToken);
        if ((original.Structure.Root.Defects & MimeDefects.MissingHeader) != 0)
        {
            await spool.WriteAsync("\r\n"u8.ToArray(), cancellationToken); // the body was not parted from a header; now it must be
        }

        byte[] block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            long offset = original.Structure.Root.HeaderEnd;
            for (int count; (count = original.Content.Read(offset, block)) > 0; offset += count)
            {
                await spool.WriteAsync(block.AsMemory(0, count), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        return MailMessage.Scan(await spool.CompleteAsync(cancellationToken)).Body;
    }
}
