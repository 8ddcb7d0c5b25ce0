using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Filters.Evaluation;

/// <summary>
/// A message as scripts see it. Decoded values are kept, so that all scripts of a delivery decode a header once; those of
/// another recipient share what does not depend on the envelope. Used by one thread at a time.
/// </summary>
public sealed class FilterInput
{
    private readonly Dictionary<ValueSource, TextValue[]> _shared;
    private readonly Dictionary<ValueSource, TextValue[]> _own = [];
    private DateTimeOffset? _now;

    /// <summary>A message for its first recipient.</summary>
    public FilterInput(IFilterMessage message, FilterEnvelope envelope)
        : this(message, envelope, [])
    {
    }

    private FilterInput(IFilterMessage message, FilterEnvelope envelope, Dictionary<ValueSource, TextValue[]> shared, MessageParts? parts = null)
    {
        Parts = parts ?? new(message);
        Message = message;
        Envelope = envelope;
        _shared = shared;
    }

    /// <summary>The message.</summary>
    public IFilterMessage Message { get; }

    /// <summary>The envelope.</summary>
    public FilterEnvelope Envelope { get; }

    /// <summary>What scripts have changed of the message as it came in; <see cref="Message"/> has it already.</summary>
    public ImmutableArray<MessageChange> Changes { get; private init; } = [];

    /// <summary>The message with one more change. The recipient's own; those after him get the message as it came in.</summary>
    public FilterInput With(MessageChange change) =>
        new(Message.With(change), Envelope, []) { View = View, Changes = Changes.Add(change), Context = Context, _now = _now };

    /// <summary>The same message for another recipient; use it after, not beside, this one.</summary>
    public FilterInput ForRecipient(FilterEnvelope envelope, FilterContext? context = null) =>
        new(Message, envelope, _shared, Parts) { View = View, Context = context ?? Context };

    /// <summary>What is known beside the message.</summary>
    public FilterContext Context { get; init; } = FilterContext.Empty;

    /// <summary>The same message with other flags, as a script that ran before has left them.</summary>
    internal FilterInput WithFlags(ImmutableArray<string> flags) => new(Message, Envelope, _shared, Parts)
    {
        View = View,
        Changes = Changes,
        Context = Context with { Event = Context.Event! with { Flags = flags } },
        _now = _now,
    };

    /// <summary>The message as plugins see it; null where no plugin is to be asked.</summary>
    public IMessageView? View { get; init; }

    /// <summary>The parts of the message.</summary>
    internal MessageParts Parts { get; }

    /// <summary>The time at which the script runs, the same for all that it asks (RFC 5260 5).</summary>
    internal DateTimeOffset Now => _now ??= Context.Clock.GetUtcNow();

    internal TextValue[] Read(ValueSource source)
    {
        var cache = source.DependsOnEnvelope ? _own : _shared;
        if (!cache.TryGetValue(source, out var values))
        {
            values = source.Read(this);
            cache.Add(source, values);
        }

        return values;
    }
}
