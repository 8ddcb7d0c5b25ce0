namespace PluginMail.Storage;

/// <summary>Messages that wait. Each recipient stands for itself: those in one domain are tried together.</summary>
public interface IQueueStore
{
    /// <summary>Tells of each entry that comes into the queue, once it is on disk. Not of held ones.</summary>
    /// <param name="observer">Called on the writer's thread: it is quick and does not throw. Replaces the one before.</param>
    void Observe(Action<QueueArrival> observer);

    /// <summary>The domains for which something is due. Reads an index from end to end: some milliseconds for a large queue.</summary>
    /// <param name="now">The time.</param>
    /// <param name="after">Only those behind this one; null from the start.</param>
    /// <param name="limit">The most to give.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The domains.</returns>
    ValueTask<DueDomains> ListDueDomainsAsync(DateTimeOffset now, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>What is due in a domain: the lowest priority number first, of each source as much as of the others, oldest first.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="now">The time.</param>
    /// <param name="limit">The most to give.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The messages, each once.</returns>
    ValueTask<IReadOnlyList<DueMessage>> ListDueAsync(string domain, DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>An entry with those of its recipients that are due in a domain.</summary>
    /// <param name="id">The entry.</param>
    /// <param name="domain">The domain.</param>
    /// <param name="now">The time.</param>
    /// <param name="limit">The most recipients to give.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The entry without its history; null where it is gone or none of them is due.</returns>
    ValueTask<QueueEntry?> ReadDueAsync(QueueId id, string domain, DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>Entries with recipients that are to be reported.</summary>
    /// <param name="after">Only those behind this key; null from the start.</param>
    /// <param name="limit">The most to give.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Their keys, in order.</returns>
    ValueTask<IReadOnlyList<QueueId>> ListUnreportedAsync(QueueId? after, int limit, CancellationToken cancellationToken);

    /// <summary>Entries that have waited long and still have waiting recipients.</summary>
    /// <param name="queued">Those that came before.</param>
    /// <param name="isUnwarned">Only those whose sender was not told.</param>
    /// <param name="after">Only those behind this key; null from the start.</param>
    /// <param name="limit">The most to give.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Their keys, in order.</returns>
    ValueTask<IReadOnlyList<QueueId>> ListQueuedBeforeAsync(
        DateTimeOffset queued, bool isUnwarned, QueueId? after, int limit, CancellationToken cancellationToken);

    /// <summary>Entries, oldest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="after">Only those behind this key; null from the start.</param>
    /// <param name="limit">The most to give.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The entries with all their recipients, without history.</returns>
    ValueTask<IReadOnlyList<QueueEntry>> ListAsync(QueueFilter filter, QueueId? after, int limit, CancellationToken cancellationToken);

    /// <summary>All entries, oldest first.</summary>
    /// <param name="after">Only those behind this key; null from the start.</param>
    /// <param name="limit">The most to give.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The entries with all their recipients, without history.</returns>
    ValueTask<IReadOnlyList<QueueEntry>> ListAsync(QueueId? after, int limit, CancellationToken cancellationToken) =>
        ListAsync(QueueFilter.All, after, limit, cancellationToken);

    /// <summary>An entry with all its recipients and its history.</summary>
    /// <param name="id">The entry.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where it is gone.</returns>
    ValueTask<QueueEntry?> FindAsync(QueueId id, CancellationToken cancellationToken);

    /// <summary>How much waits. Reads all recipients' rows: some tens of milliseconds for a large queue.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The figures.</returns>
    ValueTask<QueueFigures> CountAsync(CancellationToken cancellationToken);

    /// <summary>Changes an entry, in one commit with what that leads to.</summary>
    /// <param name="update">The change.</param>
    /// <param name="cancellationToken">Gives up before the writer took it.</param>
    /// <returns>The batch's result; null where none of the recipients is there any more, and then nothing is done.</returns>
    ValueTask<CommitResult?> UpdateAsync(QueueUpdate update, CancellationToken cancellationToken);

    /// <summary>Does what a person asks, in steps of some hundred entries.</summary>
    /// <param name="filter">To which.</param>
    /// <param name="change">What.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <returns>How many entries changed.</returns>
    ValueTask<int> ChangeAsync(QueueFilter filter, QueueChange change, CancellationToken cancellationToken);
}
