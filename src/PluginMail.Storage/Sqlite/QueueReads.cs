using System.Collections.Immutable;

namespace PluginMail.Storage.Sqlite;

/// <summary>Reads the queue's rows.</summary>
internal static class QueueReads
{
    private const string Columns =
        """
        SELECT q.id, q.sender, q.direction, q.transaction_id, q.queued, q.hold_reason, q.size, q.body, b.structure, q.is_junk, q.source, q.priority,
            q.envid, q.ret, q.requires_tls, q.may_report, q.is_warned, q.history, q.judgement
        FROM queue q JOIN bodies b ON b.key = q.body
        """;

    private const string RecipientColumns =
        "SELECT number, address, domain, notify, orcpt, status, attempts, next_attempt, last_attempt, last_reply, last_host FROM queue_recipients";

    public static DueDomains DueDomains(Database database, long now, string? after, int limit)
    {
        var domains = new List<string>();
        bool isComplete = true;
        long? next = null;
        using Statement rows = database.Prepare("SELECT domain, min(next_attempt), min(CASE WHEN next_attempt > ?1 THEN next_attempt END) "
            + "FROM queue_recipients INDEXED BY queue_due_in_domain WHERE status = 0 GROUP BY domain").With(now);
        while (rows.Step())
        {
            if (!rows.IsNull(2) && !(next <= rows.Long(2)))
            {
                next = rows.Long(2);
            }

            if (rows.Long(1) <= now && rows.Text(0) is var domain && (after is null || string.CompareOrdinal(domain, after) > 0))
            {
                isComplete &= domains.Count < limit;
                if (domains.Count < limit)
                {
                    domains.Add(domain);
                }
            }
        }

        return new DueDomains(domains, isComplete, next is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null);
    }

    public static QueueFigures Count(Database database)
    {
        Span<long> recipients = stackalloc long[3];
        using (Statement rows = database.Prepare("SELECT min(status, 2), count(*) FROM queue_recipients GROUP BY 1"))
        {
            while (rows.Step())
            {
                recipients[(int)rows.Long(0)] = rows.Long(1);
            }
        }

        using Statement entries = database.Prepare("SELECT count(*), min(queued) FROM queue INDEXED BY queue_queued");
        return entries.Step()
            ? new QueueFigures(
                entries.Long(0),
                recipients[0],
                recipients[1],
                recipients[2],
                entries.IsNull(1) ? null : DateTimeOffset.FromUnixTimeMilliseconds(entries.Long(1)))
            : new QueueFigures(0, 0, 0, 0, null);
    }

    /// <summary>From each source in turn, in blocks; a priority only when those before it have nothing left.</summary>
    public static IReadOnlyList<DueMessage> Due(Database database, string domain, long now, int limit)
    {
        var sources = new List<(long Priority, string Source)>();
        for ((long Priority, string Source) last = (long.MinValue, ""); sources.Count < limit && NextSource(database, domain, last) is { } next; last = next)
        {
            sources.Add(next);
        }

        var due = new List<DueMessage>();
        var seen = new HashSet<long>();
        foreach (IGrouping<long, (long Priority, string Source)> priority in sources.GroupBy(source => source.Priority))
        {
            int share = Math.Max(1, (limit - due.Count) / priority.Count());
            foreach (int most in (ReadOnlySpan<int>)[share, limit]) // first an equal share, then what others left of theirs
            {
                foreach ((long rank, string source) in priority)
                {
                    Add(database, domain, rank, source, now, Math.Min(most, limit - due.Count), due, seen);
                }
            }

            if (due.Count >= limit)
            {
                break;
            }
        }

        return due;
    }

    public static QueueEntry? ReadDue(Database database, QueueId id, string domain, long now, int limit)
    {
        using Statement row = database.Prepare(Columns + " WHERE q.id = ?1").With(id.Value);
        if (!row.Step())
        {
            return null;
        }

        ImmutableArray<QueueRecipient> recipients = Recipients(database
            .Prepare(RecipientColumns + " WHERE entry = ?1 AND domain = ?2 AND status = 0 AND next_attempt <= ?3 ORDER BY number LIMIT ?4")
            .With(id.Value).With(domain).With(now).With(limit));
        return recipients.IsEmpty ? null : Entry(row, recipients, withHistory: false);
    }

    public static QueueEntry? Find(Database database, QueueId id)
    {
        using Statement row = database.Prepare(Columns + " WHERE q.id = ?1").With(id.Value);
        return row.Step() ? Entry(row, AllRecipients(database, id.Value), withHistory: true) : null;
    }

    public static IReadOnlyList<QueueEntry> List(Database database, QueueFilter filter, QueueId? after, int limit)
    {
        using Statement rows = Filtered(database.Prepare($"{Columns} WHERE {Condition(filter)} ORDER BY q.id LIMIT ?2"), filter, after, limit);
        var entries = new List<QueueEntry>();
        while (rows.Step())
        {
            entries.Add(Entry(rows, AllRecipients(database, rows.Long(0)), withHistory: false));
        }

        return entries;
    }

    public static IReadOnlyList<QueueId> Ids(Database database, QueueFilter filter, QueueId? after, int limit) =>
        Keys(Filtered(database.Prepare($"SELECT q.id FROM queue q WHERE {Condition(filter)} ORDER BY q.id LIMIT ?2"), filter, after, limit));

    public static IReadOnlyList<QueueId> Keys(Statement rows)
    {
        using Statement used = rows;
        var keys = new List<QueueId>();
        while (rows.Step())
        {
            keys.Add(new QueueId(rows.Long(0)));
        }

        return keys;
    }

    // Only what is asked for stands in the statement, so that each goes by its index.
    private static string Condition(QueueFilter filter)
    {
        string condition = "q.id > ?1";
        condition += filter.Id is null ? "" : " AND q.id = ?3";
        condition += filter.Sender is null ? "" : filter.Sender.Length == 0 ? " AND q.sender IS NULL" : " AND lower(q.sender) = lower(?4)";
        if (filter.Domain is not null || filter.Status is not null)
        {
            condition += " AND EXISTS (SELECT 1 FROM queue_recipients r WHERE r.entry = q.id"
                + (filter.Domain is null ? "" : " AND r.domain = ?5") + (filter.Status is null ? "" : " AND r.status = ?6") + ")";
        }

        // Every parameter stands in the statement, so that each can be bound.
        return condition + " AND coalesce(?3, ?4, ?5, ?6, 1) IS NOT NULL";
    }

    private static Statement Filtered(Statement statement, QueueFilter filter, QueueId? after, int limit) => statement
        .With(after?.Value ?? 0).With(limit).With(filter.Id?.Value).With(filter.Sender).With(filter.Domain).With((long?)filter.Status);

    private static (long Priority, string Source)? NextSource(Database database, string domain, (long Priority, string Source) last)
    {
        using Statement row = database.Prepare(
            "SELECT priority, source FROM queue_recipients INDEXED BY queue_due_in_domain "
            + "WHERE status = 0 AND domain = ?1 AND (priority, source) > (?2, ?3) ORDER BY priority, source LIMIT 1")
            .With(domain).With(last.Priority).With(last.Source);
        return row.Step() ? (row.Long(0), row.Text(1)) : null;
    }

    private static void Add(
        Database database, string domain, long priority, string source, long now, int limit, List<DueMessage> due, HashSet<long> seen)
    {
        using Statement rows = database.Prepare(
            "SELECT entry FROM queue_recipients INDEXED BY queue_due_in_domain "
            + "WHERE status = 0 AND domain = ?1 AND priority = ?2 AND source = ?3 AND next_attempt <= ?4 ORDER BY next_attempt, entry")
            .With(domain).With(priority).With(source).With(now);
        for (int count = 0; count < limit && rows.Step();)
        {
            if (seen.Add(rows.Long(0)))
            {
                due.Add(new DueMessage(new QueueId(rows.Long(0)), (int)priority, source));
                count++;
            }
        }
    }

    private static ImmutableArray<QueueRecipient> AllRecipients(Database database, long entry) =>
        Recipients(database.Prepare(RecipientColumns + " WHERE entry = ?1 ORDER BY number").With(entry));

    private static ImmutableArray<QueueRecipient> Recipients(Statement rows)
    {
        using Statement used = rows;
        ImmutableArray<QueueRecipient>.Builder recipients = ImmutableArray.CreateBuilder<QueueRecipient>();
        while (rows.Step())
        {
            recipients.Add(new QueueRecipient(
                rows.Int(0),
                AddressText.ReadOne(rows.Text(1)),
                rows.Text(2),
                rows.IsNull(3) ? null : (Abstractions.DsnNotify)rows.Int(3),
                rows.TextOrNull(4),
                (QueueRecipientStatus)rows.Int(5),
                rows.Int(6),
                DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(7)),
                rows.IsNull(8) ? null : DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(8)),
                rows.TextOrNull(9),
                rows.TextOrNull(10)));
        }

        return recipients.DrainToImmutable();
    }

    private static QueueEntry Entry(Statement row, ImmutableArray<QueueRecipient> recipients, bool withHistory)
    {
        DateTimeOffset queued = DateTimeOffset.FromUnixTimeMilliseconds(row.Long(4));
        return new QueueEntry(
            new QueueId(row.Long(0)),
            row.TextOrNull(1) is { } sender ? AddressText.ReadOne(sender) : null,
            recipients,
            (Abstractions.Direction)row.Int(2),
            row.Text(3),
            queued,
            row.TextOrNull(5),
            new StoredMessage(0, queued, default, row.Long(6), new BodyKey(row.Long(7)), row.Blob(8)),
            row.Int(9) != 0)
        {
            Source = row.Text(10),
            Priority = row.Int(11),
            EnvelopeId = row.TextOrNull(12),
            Return = row.IsNull(13) ? null : (Abstractions.DsnReturn)row.Int(13),
            RequiresTls = row.Int(14) != 0,
            MayReport = row.Int(15) != 0,
            IsWarned = row.Int(16) != 0,
            Judgement = QueuedJudgement.Read(row.TextOrNull(18)),
            History = withHistory ? QueueHistoryText.Read(row.TextOrNull(17)) : [],
        };
    }
}
