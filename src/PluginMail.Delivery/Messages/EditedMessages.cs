using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Filters.Evaluation;
using PluginMail.Mime;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>
/// The forms that filters give to one message: each a body of its own, made once however many copies have it. The message as it came in stays
/// what it is. Disposed when the delivery is committed.
/// </summary>
internal sealed class EditedMessages(IBodyStore bodies, DeliveryRequest request, IForwardSealer? sealer) : IAsyncDisposable
{
    private readonly MailMessage _original = request.Message;
    private readonly List<(ImmutableArray<MessageChange> Changes, NewBody Body)> _made = [];
    private readonly Dictionary<(NewBody Body, string Domain), NewBody> _sealed = [];
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
            return _original.Body;
        }

        foreach ((ImmutableArray<MessageChange> known, NewBody body) in _made)
        {
            if (known.SequenceEqual(changes))
            {
                return body;
            }
        }

        NewBody made = await MakeAsync(_original, changes, cancellationToken);
        _made.Add((changes, made));
        return made;
    }

    /// <summary>Whether what is sent on elsewhere may be sealed: it came from outside, and what was found of it is known, or was written into it by us.</summary>
    public bool Seals => sealer is not null && request.Direction == Direction.Incoming && (request.Origin is not null || request.IsOriginRecorded);

    /// <summary>The message with changes, as it is sent on elsewhere: sealed (RFC 8617), where it came from outside.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="domain">The domain that sends it on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreUnavailableException">The disk is full or broken.</exception>
    public async ValueTask<NewBody> GetSealedAsync(ImmutableArray<MessageChange> changes, string domain, CancellationToken cancellationToken)
    {
        NewBody body = await GetAsync(changes, cancellationToken);
        if (!Seals)
        {
            return body;
        }

        if (!_sealed.TryGetValue((body, domain), out NewBody? made))
        {
            ImmutableArray<MimeHeaderEdit> edits = await sealer!.SealAsync(body.Content, request.Origin, domain, cancellationToken);
            made = edits.IsEmpty
                ? body
                : await MakeAsync(
                    changes.IsEmpty ? _original : MailMessage.Scan(body.Content), [.. edits.Select(edit => new MessageChange.Header(edit))], cancellationToken);
            _sealed[(body, domain)] = made;
        }

        return made;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable owned in _owned)
        {
            await owned.DisposeAsync();
        }
    }

    private ValueTask<NewBody> MakeAsync(MailMessage message, ImmutableArray<MessageChange> changes, CancellationToken cancellationToken)
    {
        IBodySpool spool = bodies.CreateSpool();
        _owned.Add(spool);
        return MakeAsync(message, changes, spool, cancellationToken);
    }

    /// <summary>Writes a message with changes.</summary>
    /// <returns>Lives as long as the spool.</returns>
    /// <exception cref="StoreUnavailableException">The disk is full or broken.</exception>
    public static async ValueTask<NewBody> MakeAsync(
        MailMessage message, ImmutableArray<MessageChange> changes, IBodySpool spool, CancellationToken cancellationToken)
    {
        ChangedMessage changed = changes.Aggregate(
            ChangedMessage.Of(message.Header, message.Content), static (so, change) => so.With(change));
        foreach (ReadOnlyMemory<byte> block in changed.Read())
        {
            await spool.WriteAsync(block, cancellationToken);
        }

        return MailMessage.Scan(await spool.CompleteAsync(cancellationToken)).Body;
    }
}
