using System.Collections.Immutable;
using PluginMail.Filters.Evaluation;
using PluginMail.Mime;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>
/// The forms that filters give to one message: each a body of its own, made once however many copies have it. The message as it came in stays
/// what it is. Disposed when the delivery is committed.
/// </summary>
internal sealed class EditedMessages(IBodyStore bodies, MailMessage original) : IAsyncDisposable
{
    private readonly List<(ImmutableArray<MessageChange> Changes, NewBody Body)> _made = [];
    private readonly List<IAsyncDisposable> _owned = [];

    /// <summary>The fields that changes put above the message, where they do nothing else: those fit into the prefix of a copy.</summary>
    /// <returns>The edits; null where it takes a body.</returns>
    public static IReadOnlyList<MimeHeaderEdit.Prepend>? AsPrefix(ImmutableArray<MessageChange> changes)
    {
        List<MimeHeaderEdit.Prepend> fields = [.. changes.OfType<MessageChange.Header>().Select(change => change.Edit).OfType<MimeHeaderEdit.Prepend>()];
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
        ChangedMessage message = changes.Aggregate(
            ChangedMessage.Of(original.Header, original.Content), static (changed, change) => changed.With(change));
        IBodySpool spool = bodies.CreateSpool();
        _owned.Add(spool);
        foreach (ReadOnlyMemory<byte> block in message.Read())
        {
            await spool.WriteAsync(block, cancellationToken);
        }

        return MailMessage.Scan(await spool.CompleteAsync(cancellationToken)).Body;
    }
}
