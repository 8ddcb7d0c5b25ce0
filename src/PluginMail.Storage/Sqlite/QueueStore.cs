namespace PluginMail.Storage.Sqlite;

/// <summary>Messages that wait.</summary>
internal sealed class QueueStore(
    ReaderPool readers, GroupWriter<WriteTransaction> writer, BatchPreparation preparation, QueueArrivals arrivals, TimeProvider time) : IQueueStore
{
    private const int ChangeStep = 500;

    private static readonly StoreBatch Nothing = new([], []);

    public void Observe(Action<QueueArrival> observer) => arrivals.Observe(observer);

    public ValueTask<DueDomains> ListDueDomainsAsync(DateTimeOffset now, string? after, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync(database => QueueReads.DueDomains(database, now.ToUnixTimeMilliseconds(), after, limit), cancellationToken);

    public ValueTask<IReadOnlyList<DueMessage>> ListDueAsync(string domain, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync(database => QueueReads.Due(database, domain, now.ToUnixTimeMilliseconds(), limit), cancellationToken);

    public ValueTask<QueueEntry?> ReadDueAsync(QueueId id, string domain, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync(database => QueueReads.ReadDue(database, id, domain, now.ToUnixTimeMilliseconds(), limit), cancellationToken);

    public ValueTask<IReadOnlyList<QueueId>> ListUnreportedAsync(QueueId? after, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync(
            database => QueueReads.Keys(database
                .Prepare("SELECT DISTINCT entry FROM queue_recipients WHERE status > 1 AND entry > ?1 ORDER BY entry LIMIT ?2")
                .With(after?.Value ?? 0).With(limit)),
            cancellationToken);

    public ValueTask<IReadOnlyList<QueueId>> ListQueuedBeforeAsync(
        DateTimeOffset queued, bool isUnwarned, QueueId? after, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync(
            database => QueueReads.Keys(database
                .Prepare((isUnwarned
                    ? "SELECT q.id FROM queue q INDEXED BY queue_unwarned WHERE q.is_warned = 0 AND"
                    : "SELECT q.id FROM queue q INDEXED BY queue_queued WHERE")
                    + " q.queued <= ?1 AND q.id > ?2 AND EXISTS (SELECT 1 FROM queue_recipients r WHERE r.entry = q.id AND r.status = 0) "
                    + "ORDER BY q.queued, q.id LIMIT ?3")
                .With(queued.ToUnixTimeMilliseconds()).With(after?.Value ?? 0).With(limit)),
            cancellationToken);

    public ValueTask<IReadOnlyList<QueueEntry>> ListAsync(QueueFilter filter, QueueId? after, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync(database => QueueReads.List(database, filter, after, limit), cancellationToken);

    public ValueTask<QueueEntry?> FindAsync(QueueId id, CancellationToken cancellationToken) =>
        readers.ReadAsync(database => QueueReads.Find(database, id), cancellationToken);

    public ValueTask<QueueFigures> CountAsync(CancellationToken cancellationToken) => readers.ReadAsync(QueueReads.Count, cancellationToken);

    public async ValueTask<CommitResult?> UpdateAsync(QueueUpdate update, CancellationToken cancellationToken)
    {
        using BatchCommit commit = await preparation.PrepareAsync(update.Batch ?? Nothing, cancellationToken);
        return await writer.WriteAsync(
            transaction =>
            {
                DateTimeOffset now = time.GetUtcNow();
                return QueueRows.Update(transaction, update, now) ? commit.Execute(transaction, now) : null;
            },
            cancellationToken,
            commit.Octets);
    }

    public async ValueTask<int> ChangeAsync(QueueFilter filter, QueueChange change, CancellationToken cancellationToken)
    {
        int changed = 0;
        QueueId? after = null;
        while (true)
        {
            QueueId? from = after;
            IReadOnlyList<QueueId> step = await readers.ReadAsync(database => QueueReads.Ids(database, filter, from, ChangeStep), cancellationToken);
            if (step.Count == 0)
            {
                return changed;
            }

            after = step[^1];
            DateTimeOffset now = time.GetUtcNow();
            changed += await writer.WriteAsync(
                transaction => step.Count(id => QueueRows.Change(transaction, id, filter.Domain, change, now)), cancellationToken);
        }
    }
}
