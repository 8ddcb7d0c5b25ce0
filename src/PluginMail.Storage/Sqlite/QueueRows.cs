using System.Collections.Immutable;

namespace PluginMail.Storage.Sqlite;

/// <summary>Writes the queue's rows, on the writer's thread.</summary>
internal static class QueueRows
{
    /// <summary>Puts a message into the queue; its body counts the reference already.</summary>
    public static void Insert(WriteTransaction transaction, NewQueueEntry entry, BodyKey body, long size, DateTimeOffset now)
    {
        long id = transaction.QueueIds.Next();
        transaction.Database.Prepare(
            """
            INSERT INTO queue (id, sender, direction, transaction_id, queued, hold_reason, size, body, is_junk, source, priority, envid, ret,
                requires_tls, may_report, is_warned, judgement)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
            """)
            .With(id).With(entry.Sender is null ? null : AddressText.Write(entry.Sender)).With((long)entry.Direction)
            .With(entry.TransactionId).With(now.ToUnixTimeMilliseconds()).With(entry.HoldReason).With(size).With(body.Value).With(entry.IsJunk)
            .With(entry.Source).With(entry.Priority).With(entry.EnvelopeId).With((long?)entry.Return).With(entry.RequiresTls)
            .With(entry.MayReport).With(entry.Sender is null).With(entry.Judgement.Write()).Run();
        bool isReportDue = false;
        for (int i = 0; i < entry.Recipients.Length; i++)
        {
            Insert(transaction.Database, id, i + 1, entry, entry.Recipients[i]);
            isReportDue |= entry.Recipients[i].Status > QueueRecipientStatus.Held;
        }

        if (transaction.Arrivals.IsObserved && (entry.HoldReason is null || isReportDue))
        {
            ImmutableArray<string> domains = entry.HoldReason is null ? Domains(entry.Recipients) : [];
            var arrival = new QueueArrival(new QueueId(id), domains, entry.Priority, entry.Source, entry.NextAttempt, isReportDue);
            transaction.OnCommitted(() => transaction.Arrivals.Announce(arrival));
        }
    }

    /// <summary>Changes recipients; an entry without any goes.</summary>
    /// <returns>Whether at least one of them was there.</returns>
    public static bool Update(WriteTransaction transaction, QueueUpdate update, DateTimeOffset now)
    {
        Database database = transaction.Database;
        bool isAnyThere = false;
        foreach (QueueRecipientUpdate recipient in update.Recipients)
        {
            isAnyThere |= recipient.Status is { } status
                ? Change(database, update.Id, recipient, status, now)
                : Remove(database, update.Id, recipient.Number);
        }

        if (!isAnyThere && !update.Recipients.IsEmpty)
        {
            return false;
        }

        if (RemoveIfDone(transaction, update.Id))
        {
            return isAnyThere;
        }

        if (update.Recipients.Any(to => to.IsDecided))
        {
            NoteWhetherHeld(database, update.Id);
        }

        return AddToEntry(database, update) || isAnyThere;
    }

    /// <summary>Removes an entry that has no recipients any more.</summary>
    /// <returns>Whether it had none.</returns>
    public static bool RemoveIfDone(WriteTransaction transaction, QueueId id)
    {
        Database database = transaction.Database;
        if (database.Prepare("SELECT 1 FROM queue_recipients WHERE entry = ?1 LIMIT 1").With(id.Value).Scalar() is not null)
        {
            return false;
        }

        if (database.Prepare("DELETE FROM queue WHERE id = ?1 RETURNING body").With(id.Value).Scalar() is { } body)
        {
            transaction.AddReferences(body, -1);
        }

        return true;
    }

    /// <summary>Does what a person asks to one entry.</summary>
    /// <returns>Whether anything changed.</returns>
    public static bool Change(WriteTransaction transaction, QueueId id, string? domain, QueueChange change, DateTimeOffset now)
    {
        Database database = transaction.Database;
        string sql = change switch
        {
            QueueChange.Send => "UPDATE queue_recipients SET next_attempt = ?3 WHERE entry = ?1 AND (?2 IS NULL OR domain = ?2) AND status = 0",
            QueueChange.Hold => "UPDATE queue_recipients SET status = 1 WHERE entry = ?1 AND (?2 IS NULL OR domain = ?2) AND status = 0 AND ?3 <> 0",
            QueueChange.Release => "UPDATE queue_recipients SET status = 0, next_attempt = ?3 WHERE entry = ?1 AND (?2 IS NULL OR domain = ?2) AND status = 1",
            _ => "DELETE FROM queue_recipients WHERE entry = ?1 AND (?2 IS NULL OR domain = ?2) AND status < 2 AND ?3 <> 0",
        };
        database.Prepare(sql).With(id.Value).With(domain).With(now.ToUnixTimeMilliseconds()).Run();
        bool isChanged = database.Changes > 0;
        if (isChanged && change == QueueChange.Remove)
        {
            RemoveIfDone(transaction, id);
        }
        else if (isChanged)
        {
            NoteWhetherHeld(database, id);
        }

        return isChanged;
    }

    // The reason stands as long as somebody is held.
    private static void NoteWhetherHeld(Database database, QueueId id) => database.Prepare(
        "UPDATE queue SET hold_reason = CASE WHEN EXISTS (SELECT 1 FROM queue_recipients WHERE entry = ?1 AND status = 1) "
        + "THEN coalesce(hold_reason, ?2) END WHERE id = ?1")
        .With(id.Value).With("held by the administrator").Run();

    private static void Insert(Database database, long entry, int number, NewQueueEntry from, NewQueueRecipient recipient)
    {
        bool isHeld = from.HoldReason is not null && recipient.Status == QueueRecipientStatus.Waiting;
        database.Prepare(
            """
            INSERT INTO queue_recipients (entry, number, address, domain, notify, orcpt, status, next_attempt, last_reply, priority, source)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """)
            .With(entry).With(number).With(AddressText.Write(recipient.Address)).With(QueueDomain.Of(recipient.Address))
            .With((long?)recipient.Notify).With(recipient.OriginalRecipient)
            .With((long)(isHeld ? QueueRecipientStatus.Held : recipient.Status)).With(from.NextAttempt.ToUnixTimeMilliseconds())
            .With(recipient.LastReply).With(from.Priority).With(from.Source).Run();
    }

    private static bool Remove(Database database, QueueId id, int number)
    {
        database.Prepare("DELETE FROM queue_recipients WHERE entry = ?1 AND number = ?2").With(id.Value).With(number).Run();
        return database.Changes > 0;
    }

    // Who is held meanwhile stays so: 0 (waiting) does not overwrite 1 (held).
    private static bool Change(Database database, QueueId id, QueueRecipientUpdate recipient, QueueRecipientStatus status, DateTimeOffset now)
    {
        database.Prepare(
            """
            UPDATE queue_recipients SET
                status = CASE WHEN status = 1 AND ?3 = 0 THEN 1 ELSE ?3 END,
                next_attempt = ?4,
                attempts = attempts + (?5 IS NOT NULL AND NOT ?8),
                last_attempt = CASE WHEN ?5 IS NULL OR ?8 THEN last_attempt ELSE ?7 END,
                last_reply = coalesce(?5, last_reply),
                last_host = CASE WHEN ?5 IS NULL THEN last_host ELSE ?6 END
            WHERE entry = ?1 AND number = ?2
            """)
            .With(id.Value).With(recipient.Number).With((long)status).With(recipient.NextAttempt.ToUnixTimeMilliseconds())
            .With(recipient.LastReply).With(recipient.LastHost).With(now.ToUnixTimeMilliseconds()).With(recipient.IsDecided).Run();
        return database.Changes > 0;
    }

    private static bool AddToEntry(Database database, QueueUpdate update)
    {
        if (update.HoldReason is not null)
        {
            database.Prepare("UPDATE queue SET hold_reason = ?2 WHERE id = ?1").With(update.Id.Value).With(update.HoldReason).Run();
        }

        if (update.IsWarned)
        {
            database.Prepare("UPDATE queue SET is_warned = 1 WHERE id = ?1 AND is_warned = 0").With(update.Id.Value).Run();
            return database.Changes > 0; // nobody is told twice
        }

        if (update.History.IsEmpty)
        {
            return database.Prepare("SELECT 1 FROM queue WHERE id = ?1").With(update.Id.Value).Scalar() is not null;
        }

        string? history;
        using (Statement row = database.Prepare("SELECT history FROM queue WHERE id = ?1").With(update.Id.Value))
        {
            if (!row.Step())
            {
                return false;
            }

            history = row.TextOrNull(0);
        }

        database.Prepare("UPDATE queue SET history = ?2 WHERE id = ?1")
            .With(update.Id.Value).With(QueueHistoryText.Append(history, update.History)).Run();
        return true;
    }

    private static ImmutableArray<string> Domains(ImmutableArray<NewQueueRecipient> recipients)
    {
        if (recipients is [{ Status: QueueRecipientStatus.Waiting } only])
        {
            return [QueueDomain.Of(only.Address)]; // the common case
        }

        return
        [
            .. recipients.Where(to => to.Status == QueueRecipientStatus.Waiting).Select(to => QueueDomain.Of(to.Address)).Distinct(StringComparer.Ordinal),
        ];
    }
}
