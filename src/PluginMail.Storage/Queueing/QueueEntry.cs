using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Storage;

/// <summary>The key of a queued message.</summary>
/// <param name="Value">A number that is never used again.</param>
public readonly record struct QueueId(long Value);

/// <summary>A queued message.</summary>
/// <param name="Id">The key.</param>
/// <param name="Sender">The reverse path; null is the null sender.</param>
/// <param name="Recipients">Those that are not done with, in their order.</param>
/// <param name="Direction">Which way it goes.</param>
/// <param name="TransactionId">Of the transaction that brought it.</param>
/// <param name="Queued">When it came in.</param>
/// <param name="HoldReason">Why recipients wait for a person; null where none does.</param>
/// <param name="Message">The message, to be opened with <see cref="IBodyStore.Open"/>; its UID is 0, its structure is given.</param>
/// <param name="IsJunk">Whether a plain delivery goes to the Junk folder.</param>
public sealed record QueueEntry(
    QueueId Id,
    EmailAddress? Sender,
    ImmutableArray<QueueRecipient> Recipients,
    Direction Direction,
    string TransactionId,
    DateTimeOffset Queued,
    string? HoldReason,
    StoredMessage Message,
    bool IsJunk = false)
{
    /// <summary>Whom its share of the queue is reckoned to; empty for the server itself.</summary>
    public string Source { get; init; } = "";

    /// <summary>Which goes first where not all can go: the lower number.</summary>
    public int Priority { get; init; }

    /// <summary>ENVID (RFC 3461 section 4.4), as xtext; null where none was given.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>RET (RFC 3461 section 4.3); null where none was given.</summary>
    public DsnReturn? Return { get; init; }

    /// <summary>Whether only hosts that keep the promise of REQUIRETLS may get it (RFC 8689).</summary>
    public bool RequiresTls { get; init; }

    /// <summary>Whether its sender may be told of failures.</summary>
    public bool MayReport { get; init; } = true;

    /// <summary>What checks found of the message.</summary>
    public QueuedJudgement Judgement { get; init; } = QueuedJudgement.None;

    /// <summary>Whether its sender was told that it is late.</summary>
    public bool IsWarned { get; init; }

    /// <summary>The last attempts, oldest first; empty where it was not asked for.</summary>
    public ImmutableArray<QueueHistoryLine> History { get; init; } = [];

    /// <summary>When the first waiting recipient is due; null where none waits.</summary>
    public DateTimeOffset? NextAttempt => Recipients.Where(to => to.Status == QueueRecipientStatus.Waiting).Min(to => (DateTimeOffset?)to.NextAttempt);

    /// <summary>The most attempts that were made for one recipient.</summary>
    public int Attempts => Recipients.IsEmpty ? 0 : Recipients.Max(to => to.Attempts);

    /// <summary>What was last said of a recipient; null before that.</summary>
    public string? LastReply => Recipients.Where(to => to.LastReply is not null).MaxBy(to => to.LastAttempt)?.LastReply;
}

/// <summary>A recipient of a queued message.</summary>
/// <param name="Number">Its number in the entry, from 1; it stays.</param>
/// <param name="Address">The forward path.</param>
/// <param name="Domain">Its domain as the queue groups by: lower case, A-labels; or an address literal.</param>
/// <param name="Notify">NOTIFY (RFC 3461 section 4.1); null where none was given.</param>
/// <param name="OriginalRecipient">ORCPT (RFC 3461 section 4.2) with its type, in xtext; null where none was given.</param>
/// <param name="Status">How it stands.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="NextAttempt">When it is due.</param>
/// <param name="LastAttempt">When it was last tried; null before that.</param>
/// <param name="LastReply">What the last attempt met, as <c>450 4.2.1 text</c>; null before the first.</param>
/// <param name="LastHost">Who said it; null where it was this server.</param>
public sealed record QueueRecipient(
    int Number,
    EmailAddress Address,
    string Domain,
    DsnNotify? Notify,
    string? OriginalRecipient,
    QueueRecipientStatus Status,
    int Attempts,
    DateTimeOffset NextAttempt,
    DateTimeOffset? LastAttempt,
    string? LastReply,
    string? LastHost)
{
    /// <inheritdoc/>
    public override string ToString() => Address.ToString();
}

/// <summary>How a recipient stands. Failed and served ones are kept only until they are reported.</summary>
public enum QueueRecipientStatus
{
    /// <summary>To be tried.</summary>
    Waiting,

    /// <summary>Waits for a person.</summary>
    Held,

    /// <summary>Given up; the sender is to be told.</summary>
    Failed,

    /// <summary>In a mailbox; the sender wants to know.</summary>
    Delivered,

    /// <summary>With a host that does not report; the sender wants to know (RFC 3461 section 5.2.2).</summary>
    Relayed,

    /// <summary>Given to those that an alias names; the sender wants to know (RFC 3461 section 5.2.7).</summary>
    Expanded,
}

/// <summary>One attempt.</summary>
/// <param name="Time">When it ended.</param>
/// <param name="Target">For whom: an address, or a domain where all its recipients met the same.</param>
/// <param name="Host">Who answered; null where it was this server.</param>
/// <param name="Reply">What was said.</param>
public readonly record struct QueueHistoryLine(DateTimeOffset Time, string Target, string? Host, string Reply);
