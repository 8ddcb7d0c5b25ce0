namespace PluginMail.Storage.Sqlite;

/// <summary>Does a batch of a job; on the writer's thread.</summary>
internal sealed class MailboxJobChanges
{
    private readonly WriteTransaction _transaction;
    private readonly MailboxJobId _job;
    private readonly FolderState _source;
    private MailboxJobCounts _counts;

    private MailboxJobChanges(WriteTransaction transaction, MailboxJob job, FolderState source) =>
        (_transaction, _job, _source, _counts) = (transaction, job.Id, source, job.Counts);

    public static (MailboxJob Job, bool IsNew)? Begin(WriteTransaction transaction, NewMailboxJob job, DateTimeOffset now)
    {
        if (transaction.SelectableFolder(job.Folder) is not { } folder || folder.Account != job.Account)
        {
            return null;
        }

        if (MailboxJobRows.FindUnfinished(transaction.Database, job.Folder) is { } unfinished)
        {
            return (unfinished, false);
        }

        bool isEmpty = folder.Messages == 0;
        MailboxJobRows.Insert(
            transaction.Database,
            new MailboxJob(
                default,
                job.Account,
                job.Folder,
                job.Name,
                isEmpty ? MailboxJobState.Done : MailboxJobState.Running,
                now,
                now,
                0,
                folder.UidNext - 1,
                folder.Messages,
                default),
            job.Script.Span);
        return (MailboxJobRows.Find(transaction.Database, new MailboxJobId(transaction.Database.LastInsertRowId))!, true);
    }

    public static MailboxJob? Apply(WriteTransaction transaction, MailboxJobId id, MailboxJobBatch batch, DateTimeOffset now)
    {
        if (MailboxJobRows.Find(transaction.Database, id) is not { State: MailboxJobState.Running } job || job.DoneUid != batch.After
            || transaction.SelectableFolder(job.Folder) is not { } source)
        {
            return null;
        }

        var changes = new MailboxJobChanges(transaction, job, source);
        foreach (MessagePlacement placement in batch.Placements)
        {
            changes.Place(placement);
        }

        MailboxJobCounts counts = changes._counts;
        MailboxJob after = job with
        {
            State = batch.Through >= job.LastUid ? MailboxJobState.Done : MailboxJobState.Running,
            Changed = now,
            DoneUid = Math.Max(job.DoneUid, batch.Through),
            Counts = counts with { Processed = counts.Processed + batch.Processed, Withheld = counts.Withheld + batch.Withheld },
        };
        MailboxJobRows.Update(transaction.Database, after);
        return after;
    }

    private void Place(MessagePlacement placement)
    {
        if (!MessageRows.TryFind(_transaction.Database, _source.RowOf(placement.Uid), out MessageRow row))
        {
            _counts = _counts with { LeftAlone = _counts.LeftAlone + 1 };
            return;
        }

        List<(FolderState Folder, AddedFlags Flags)> targets = [];
        foreach (MessageDestination destination in placement.Destinations)
        {
            if (_transaction.SelectableFolder(destination.Folder) is { UidNext: < uint.MaxValue } folder
                && folder.Account == _source.Account && folder != _source)
            {
                targets.Add((folder, destination.Flags));
            }
        }

        bool stays = placement.Stays is not null;
        bool isLost = !stays && targets.Count == 0 && placement.Destinations.Count > 0;
        int copies = stays ? targets.Count : targets.Count - 1;
        if (isLost || (copies > 0 && _transaction.Account(_source.Account).WouldExceed(copies * row.Size)))
        {
            _counts = _counts with { LeftAlone = _counts.LeftAlone + 1 };
            return;
        }

        for (int i = 0; i < targets.Count; i++)
        {
            File(row, targets[i].Folder, targets[i].Flags, isMove: !stays && i == targets.Count - 1);
        }

        if (placement.Stays is { } flags)
        {
            Flag(row, flags);
        }
        else if (targets.Count == 0)
        {
            Delete(row);
        }
        else
        {
            Bury(_transaction, _source, row);
        }
    }

    private void File(in MessageRow row, FolderState target, AddedFlags flags, bool isMove)
    {
        (long id, MessageFlags added) = Duplicate(_transaction, _source, row, row.Flags, target, flags);
        Note(isMove ? MailboxJobStepKind.Moved : MailboxJobStepKind.Copied, id, added, target);
        _counts = isMove ? _counts with { Moved = _counts.Moved + 1 } : _counts with { Copied = _counts.Copied + 1 };
    }

    private void Flag(in MessageRow row, AddedFlags flags)
    {
        if (flags.IsEmpty)
        {
            return;
        }

        (ulong modSeq, FolderChanges changes) = _transaction.Touch(_source);
        MessageFlags after = row.Flags | flags.System | _source.FlagsOf(flags.Keywords, create: true, out _);
        if (after == row.Flags)
        {
            return;
        }

        MessageRows.SetFlags(_transaction.Database, row.Id, modSeq, after);
        changes.Updated.Add(new MessageEntry(row.Uid, modSeq, after));
        Note(MailboxJobStepKind.Flagged, row.Id, after - row.Flags, _source);
        _counts = _counts with { Flagged = _counts.Flagged + 1 };
    }

    private void Delete(in MessageRow row)
    {
        _transaction.AddReferences(row.Body, +1);
        MailboxJobRows.InsertStep(
            _transaction.Database,
            new MailboxJobStep(_job, MailboxJobStepKind.Deleted, row.Id, System(row.Flags), KeywordsOf(_source, row.Flags))
            {
                Kept = row,
                Prefix = MessageRows.Prefix(_transaction.Database, row.Id),
            });
        Bury(_transaction, _source, row);
        _counts = _counts with { Deleted = _counts.Deleted + 1 };
    }

    private void Note(MailboxJobStepKind kind, long message, MessageFlags added, FolderState folder) => MailboxJobRows.InsertStep(
        _transaction.Database, new MailboxJobStep(_job, kind, message, System(added), KeywordsOf(folder, added)));

    /// <summary>Puts a copy of a message into another folder of the account.</summary>
    /// <returns>Its key, and the flags that it did not have before.</returns>
    internal static (long Id, MessageFlags Added) Duplicate(
        WriteTransaction transaction, FolderState source, in MessageRow row, MessageFlags flags, FolderState target, AddedFlags added)
    {
        (ulong modSeq, FolderChanges changes) = transaction.Touch(target);
        MessageFlags before = System(flags) | target.FlagsOf(KeywordsOf(source, flags), create: true, out _);
        MessageFlags after = before | added.System | target.FlagsOf(added.Keywords, create: true, out _);
        uint uid = target.UidNext++;
        long id = target.RowOf(uid);
        MessageRows.Duplicate(transaction.Database, row.Id, id, modSeq, after);
        transaction.AddReferences(row.Body, +1);
        changes.Added.Add(new MessageEntry(uid, modSeq, after));
        transaction.Count(target, row.Size, 1);
        return (id, after - before);
    }

    internal static void Bury(WriteTransaction transaction, FolderState folder, in MessageRow row)
    {
        (ulong modSeq, FolderChanges changes) = transaction.Touch(folder);
        MessageRows.Bury(transaction.Database, row.Id, modSeq);
        changes.Expunged.Add(row.Uid);
        transaction.Count(folder, -row.Size, -1);
    }

    internal static MessageFlags System(MessageFlags flags) => new(flags.Bits & 0xFF);

    internal static IReadOnlyList<string> KeywordsOf(FolderState folder, MessageFlags flags) =>
        flags.Bits >> 8 == 0 ? [] : [.. folder.Keywords.Where((_, position) => flags.Has(MessageFlags.Keyword(position)))];
}
