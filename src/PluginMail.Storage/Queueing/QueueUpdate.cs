using System.Collections.Immutable;

namespace PluginMail.Storage;

/// <summary>What becomes of a queued message, in one commit with what that leads to.</summary>
/// <param name="Id">The entry; it goes with its last recipient.</param>
/// <param name="Recipients">Those that change.</param>
public sealed record QueueUpdate(QueueId Id, ImmutableArray<QueueRecipientUpdate> Recipients)
{
    /// <summary>Added to the entry's history, where the entry stays.</summary>
    public ImmutableArray<QueueHistoryLine> History { get; init; } = [];

    /// <summary>Whether the sender is told now that the message is late.</summary>
    public bool IsWarned { get; init; }

    /// <summary>Why recipients wait for a person from now on; null changes nothing.</summary>
    public string? HoldReason { get; init; }

    /// <summary>What else is committed: reports, copies; null for nothing.</summary>
    public StoreBatch? Batch { get; init; }
}

/// <summary>What becomes of a recipient. One that a person holds meanwhile stays held, unless it is done with.</summary>
/// <param name="Number">Which.</param>
/// <param name="Status">How it stands now; null where it is done with and goes.</param>
/// <param name="NextAttempt">When it is due.</param>
/// <param name="LastReply">What was met; null where no attempt was made, which then does not count as one.</param>
/// <param name="LastHost">Who said it; null where it was this server.</param>
/// <param name="IsDecided">Whether a person said it, and no attempt was made.</param>
public readonly record struct QueueRecipientUpdate(
    int Number,
    QueueRecipientStatus? Status,
    DateTimeOffset NextAttempt = default,
    string? LastReply = null,
    string? LastHost = null,
    bool IsDecided = false);

/// <summary>Which entries are meant. What is null does not matter.</summary>
/// <param name="Id">This one.</param>
/// <param name="Domain">With a recipient in this domain, and of those recipients.</param>
/// <param name="Sender">From this address; empty for the null sender.</param>
/// <param name="Status">With a recipient that stands so.</param>
public sealed record QueueFilter(QueueId? Id = null, string? Domain = null, string? Sender = null, QueueRecipientStatus? Status = null)
{
    /// <summary>All.</summary>
    public static QueueFilter All { get; } = new();
}

/// <summary>What a person does with entries.</summary>
public enum QueueChange
{
    /// <summary>Tries waiting recipients now. Held ones stay so: only <see cref="Release"/> lets them go.</summary>
    Send,

    /// <summary>Waiting recipients are not tried until they are released.</summary>
    Hold,

    /// <summary>Held recipients are tried again, from now on.</summary>
    Release,

    /// <summary>Waiting and held recipients are done with, without a report.</summary>
    Remove,
}

/// <summary>Something came into the queue, or became due by a person's hand.</summary>
/// <param name="Id">The entry.</param>
/// <param name="Domains">The domains of its waiting recipients, each once.</param>
/// <param name="Priority">Which goes first: the lower number.</param>
/// <param name="Source">Whom its share is reckoned to.</param>
/// <param name="NextAttempt">When it is due.</param>
/// <param name="HasReport">Whether there is something to be reported already.</param>
public sealed record QueueArrival(
    QueueId Id, ImmutableArray<string> Domains, int Priority, string Source, DateTimeOffset NextAttempt, bool HasReport);

/// <summary>A message that is due.</summary>
/// <param name="Id">The entry.</param>
/// <param name="Priority">Which goes first: the lower number.</param>
/// <param name="Source">Whom its share is reckoned to.</param>
public readonly record struct DueMessage(QueueId Id, int Priority, string Source);

/// <summary>The domains for which something is due.</summary>
/// <param name="Domains">In their order, as many as were asked for.</param>
/// <param name="IsComplete">Whether these are all behind the one that was given.</param>
/// <param name="NextDue">When the first recipient that is not due yet will be; null where none waits.</param>
public sealed record DueDomains(IReadOnlyList<string> Domains, bool IsComplete, DateTimeOffset? NextDue);
