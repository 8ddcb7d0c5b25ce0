using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Storage.Sqlite;

/// <summary>Messages that wait.</summary>
internal sealed class QueueStore(
    ReaderPool readers, GroupWriter<WriteTransaction> writer, BatchPreparation preparation, TimeProvider time) : IQueueStore
{
    private const string Columns =
        """
        SELECT q.id, q.sender, q.recipients, q.direction, q.transaction_id, q.queued, q.next_attempt, q.attempts, q.hold_reason, q.last_reply,
            q.size, q.body, b.structure, q.is_junk
        FROM queue q JOIN bodies b ON b.key = q.body
        """;

    public ValueTask<IReadOnlyList<QueueEntry>> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync<IReadOnlyList<QueueEntry>>(
            database => Read(database
                .Prepare(Columns + " WHERE q.hold_reason IS NULL AND q.next_attempt <= ?1 ORDER BY q.next_attempt, q.id LIMIT ?2")
                .With(now.ToUnixTimeMilliseconds()).With(limit)),
            cancellationToken);

    public ValueTask<IReadOnlyList<QueueEntry>> ListAsync(QueueId? after, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync<IReadOnlyList<QueueEntry>>(
            database => Read(database.Prepare(Columns + " WHERE q.id > ?1 ORDER BY q.id LIMIT ?2").With(after?.Value ?? 0).With(limit)),
            cancellationToken);

    public ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(
            static database => database.Prepare("SELECT min(next_attempt) FROM queue WHERE hold_reason IS NULL").Scalar() is { } due
                ? DateTimeOffset.FromUnixTimeMilliseconds(due)
                : (DateTimeOffset?)null,
            cancellationToken);

    public async ValueTask<CommitResult?> UpdateAsync(
        QueueId id,
        ImmutableArray<EmailAddress> remaining,
        DateTimeOffset nextAttempt,
        string? lastReply,
        string? holdReason,
        StoreBatch? batch,
        CancellationToken cancellationToken)
    {
        using BatchCommit commit = await preparation.PrepareAsync(batch ?? new StoreBatch([], []), cancellationToken);
        return await writer.WriteAsync(
            transaction =>
            {
                bool isThere = remaining.IsDefaultOrEmpty
                    ? Remove(transaction, id)
                    : Change(transaction.Database, id, remaining, nextAttempt, lastReply, holdReason);
                return isThere ? commit.Execute(transaction, time.GetUtcNow()) : null;
            },
            cancellationToken,
            commit.Octets);
    }

    private static bool Remove(WriteTransaction transaction, QueueId id)
    {
        if (transaction.Database.Prepare("DELETE FROM queue WHERE id = ? RETURNING body").With(id.Value).Scalar() is not { } body)
        {
            return false;
        }

        transaction.AddReferences(body, -1);
        return true;
    }

    private static bool Change(
        Database database, QueueId id, ImmutableArray<EmailAddress> remaining, DateTimeOffset nextAttempt, string? lastReply, string? holdReason)
    {
        database.Prepare(
            """
            UPDATE queue SET recipients = ?2, next_attempt = ?3, last_reply = ?4, hold_reason = ?5, attempts = attempts + 1 WHERE id = ?1
            """)
            .With(id.Value).With(AddressText.Write(remaining)).With(nextAttempt.ToUnixTimeMilliseconds()).With(lastReply).With(holdReason).Run();
        return database.Changes > 0;
    }

    private static List<QueueEntry> Read(Statement rows)
    {
        using Statement used = rows;
        var entries = new List<QueueEntry>();
        while (rows.Step())
        {
            DateTimeOffset queued = DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(5));
            entries.Add(new QueueEntry(
                new QueueId(rows.Long(0)),
                rows.TextOrNull(1) is { } sender ? AddressText.ReadOne(sender) : null,
                AddressText.Read(rows.Text(2)),
                (Direction)rows.Int(3),
                rows.Text(4),
                queued,
                DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(6)),
                rows.Int(7),
                rows.TextOrNull(8),
                rows.TextOrNull(9),
                new StoredMessage(0, queued, default, rows.Long(10), new BodyKey(rows.Long(11)), rows.Blob(12)),
                rows.Int(13) != 0));
        }

        return entries;
    }
}
