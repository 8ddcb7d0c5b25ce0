using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Storage;

/// <summary>The key of a queued message.</summary>
/// <param name="Value">A number that is never used again.</param>
public readonly record struct QueueId(long Value);

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
    ImmutableArray<EmailAddress> Recipients,
    Direction Direction,
    string TransactionId,
    DateTimeOffset NextAttempt,
    string? HoldReason,
    bool IsJunk = false);

/// <summary>A queued message.</summary>
/// <param name="Id">The key.</param>
/// <param name="Sender">The reverse path; null is the null sender.</param>
/// <param name="Recipients">Those still to be served.</param>
/// <param name="Direction">Which way it goes.</param>
/// <param name="TransactionId">Of the transaction that brought it.</param>
/// <param name="Queued">When it came in.</param>
/// <param name="NextAttempt">When it is due.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="HoldReason">Why it waits for a person; null where it does not.</param>
/// <param name="LastReply">What the last attempt met; null before the first.</param>
/// <param name="Message">The message, to be opened with <see cref="IBodyStore.Open"/>; its UID is 0, its structure is given.</param>
/// <param name="IsJunk">Whether a plain delivery goes to the Junk folder.</param>
public sealed record QueueEntry(
    QueueId Id,
    EmailAddress? Sender,
    ImmutableArray<EmailAddress> Recipients,
    Direction Direction,
    string TransactionId,
    DateTimeOffset Queued,
    DateTimeOffset NextAttempt,
    int Attempts,
    string? HoldReason,
    string? LastReply,
    StoredMessage Message,
    bool IsJunk = false);

/// <summary>Messages that wait.</summary>
public interface IQueueStore
{
    /// <summary>Those that are due, oldest first, held ones left out.</summary>
    /// <param name="now">The time.</param>
    /// <param name="limit">The most to give.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The entries.</returns>
    ValueTask<IReadOnlyList<QueueEntry>> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>All entries, oldest first.</summary>
    /// <param name="after">Only those behind this key; null from the start.</param>
    /// <param name="limit">The most to give.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The entries.</returns>
    ValueTask<IReadOnlyList<QueueEntry>> ListAsync(QueueId? after, int limit, CancellationToken cancellationToken);

    /// <summary>When the next entry that is not held is due.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where none waits.</returns>
    ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken);

    /// <summary>Ends an attempt, in one commit with what it led to (local copies, a bounce).</summary>
    /// <param name="id">The entry.</param>
    /// <param name="remaining">The recipients still to be served; none removes the entry.</param>
    /// <param name="nextAttempt">When it is due again.</param>
    /// <param name="lastReply">What was met.</param>
    /// <param name="holdReason">Why it waits for a person; null where it does not.</param>
    /// <param name="batch">What else is committed; null for nothing.</param>
    /// <param name="cancellationToken">Gives up before the writer took it.</param>
    /// <returns>The batch's result; null where the entry is gone, and then nothing is done.</returns>
    ValueTask<CommitResult?> UpdateAsync(
        QueueId id,
        ImmutableArray<EmailAddress> remaining,
        DateTimeOffset nextAttempt,
        string? lastReply,
        string? holdReason,
        StoreBatch? batch,
        CancellationToken cancellationToken);
}
