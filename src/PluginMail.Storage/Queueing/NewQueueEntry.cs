using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Storage;

/// <summary>A message to be queued.</summary>
/// <param name="Body">The body.</param>
/// <param name="Sender">The reverse path; null is the null sender.</param>
/// <param name="Recipients">At least one.</param>
/// <param name="Direction">Which way it goes.</param>
/// <param name="TransactionId">Of the transaction that brought it.</param>
/// <param name="NextAttempt">When it is due.</param>
/// <param name="HoldReason">Why it waits for a person; null where it does not.</param>
/// <param name="IsJunk">Whether a plain delivery goes to the Junk folder.</param>
public sealed record NewQueueEntry(
    NewBody Body,
    EmailAddress? Sender,
    ImmutableArray<NewQueueRecipient> Recipients,
    Direction Direction,
    string TransactionId,
    DateTimeOffset NextAttempt,
    string? HoldReason,
    bool IsJunk = false)
{
    /// <summary>Whom its share of the queue is reckoned to: the account or address that brought it; empty for the server itself.</summary>
    public string Source { get; init; } = "";

    /// <summary>Which goes first where not all can go: the lower number.</summary>
    public int Priority { get; init; }

    /// <summary>ENVID (RFC 3461 section 4.4), as xtext; null where none was given.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>RET (RFC 3461 section 4.3); null where none was given.</summary>
    public DsnReturn? Return { get; init; }

    /// <summary>Whether only hosts that keep the promise of REQUIRETLS may get it (RFC 8689).</summary>
    public bool RequiresTls { get; init; }

    /// <summary>Whether its sender may be told of failures; false where the sender is likely forged, as a report would hit somebody else.</summary>
    public bool MayReport { get; init; } = true;

    /// <summary>What checks found of the message.</summary>
    public QueuedJudgement Judgement { get; init; } = QueuedJudgement.None;

    /// <summary>
    /// Asked in the transaction, once it is known what became of the batch's copies, whether it is queued at all; null where it is in any case.
    /// Called on the writer's thread, as <see cref="StoreBatch.Rest"/> is.
    /// </summary>
    public Func<IReadOnlyList<CopyResult>, bool>? OnlyIf { get; init; }
}

/// <summary>A recipient of a message to be queued.</summary>
/// <param name="Address">The forward path.</param>
/// <param name="Notify">NOTIFY (RFC 3461 section 4.1); null where none was given.</param>
/// <param name="OriginalRecipient">ORCPT (RFC 3461 section 4.2) with its type, in xtext; null where none was given.</param>
public sealed record NewQueueRecipient(EmailAddress Address, DsnNotify? Notify = null, string? OriginalRecipient = null)
{
    /// <summary>How it stands: usually waiting; what is served already is queued only for its report.</summary>
    public QueueRecipientStatus Status { get; init; }

    /// <summary>What was said of it; null where nothing was.</summary>
    public string? LastReply { get; init; }

    /// <summary>A recipient without any wish about reports.</summary>
    /// <param name="address">The forward path.</param>
    public static implicit operator NewQueueRecipient(EmailAddress address) => new(address);

    /// <summary>A recipient without any wish about reports.</summary>
    /// <param name="address">The forward path.</param>
    /// <returns>The recipient.</returns>
    public static NewQueueRecipient FromEmailAddress(EmailAddress address) => new(address);
}
