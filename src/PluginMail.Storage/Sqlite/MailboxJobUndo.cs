namespace PluginMail.Storage.Sqlite;

/// <summary>Takes steps of a job back, and forgets jobs; on the writer's thread.</summary>
internal sealed class MailboxJobUndo
{
    private readonly WriteTransaction _transaction;
    private readonly MailboxJob _job;
    private readonly HashSet<FolderId> _emptied;

    private MailboxJobUndo(WriteTransaction transaction, MailboxJob job, HashSet<FolderId> emptied) =>
        (_transaction, _job, _emptied) = (transaction, job, emptied);

    /// <summary>Takes the first steps back that are left; says from which folders messages vanished.</summary>
    public static MailboxJob? Undo(WriteTransaction transaction, MailboxJobId id, int most, DateTimeOffset now, out HashSet<FolderId> emptied)
    {
        emptied = [];
        if (MailboxJobRows.Find(transaction.Database, id) is not { } job || job.State == MailboxJobState.Undone)
        {
            return MailboxJobRows.Find(transaction.Database, id);
        }

        List<MailboxJobStep> steps = MailboxJobRows.FirstSteps(transaction.Database, id, most);
        var undo = new MailboxJobUndo(transaction, job, emptied);
        int returned = steps.Count(undo.TryTakeBack);
        if (steps.Count > 0)
        {
            MailboxJobRows.DeleteSteps(transaction.Database, id, steps[^1].Number);
        }

        MailboxJob after = job with
        {
            State = steps.Count < most ? MailboxJobState.Undone : MailboxJobState.Undoing,
            Changed = now,
            Counts = job.Counts with { Returned = job.Counts.Returned + returned, NotReturned = job.Counts.NotReturned + steps.Count - returned },
        };
        MailboxJobRows.Update(transaction.Database, after);
        return after;
    }

    /// <summary>One bounded step of forgetting a job that has not changed since a time.</summary>
    /// <returns>Whether a job is gone now, and whether there may be more.</returns>
    public static (bool IsGone, bool IsMore) Expire(WriteTransaction transaction, DateTimeOffset unchangedSince, int most)
    {
        Database database = transaction.Database;
        if (database.Prepare("SELECT id FROM mailbox_jobs WHERE changed < ? ORDER BY changed LIMIT 1").With(unchangedSince.ToUnixTimeMilliseconds()).Scalar()
            is not { } found)
        {
            return (false, false);
        }

        var id = new MailboxJobId(found);
        List<MailboxJobStep> steps = MailboxJobRows.FirstSteps(database, id, most);
        foreach (MailboxJobStep step in steps)
        {
            if (step.Kept is { } kept)
            {
                transaction.AddReferences(kept.Body, -1);
            }
        }

        if (steps.Count > 0)
        {
            MailboxJobRows.DeleteSteps(database, id, steps[^1].Number);
        }

        if (steps.Count == most)
        {
            return (false, true);
        }

        database.Prepare("DELETE FROM mailbox_jobs WHERE id = ?").With(id.Value).Run();
        return (true, true);
    }

    private bool TryTakeBack(MailboxJobStep step) => step.Kind == MailboxJobStepKind.Deleted ? TryBringBack(step)
        : _transaction.SelectableFolder(new FolderId(step.Message >> 32)) is { } folder
            && MessageRows.TryFind(_transaction.Database, step.Message, out MessageRow row)
            && step.Kind switch
            {
                MailboxJobStepKind.Moved => TryReturn(step, folder, row),
                MailboxJobStepKind.Copied => TryRemove(folder, row),
                _ => TryUnflag(step, folder, row),
            };

    private bool TryReturn(MailboxJobStep step, FolderState from, in MessageRow row)
    {
        if (_transaction.SelectableFolder(_job.Folder) is not { UidNext: < uint.MaxValue } home)
        {
            return false;
        }

        MailboxJobChanges.Duplicate(_transaction, from, row, Without(row.Flags, step, from), home, AddedFlags.None);
        return TryRemove(from, row);
    }

    private bool TryRemove(FolderState folder, in MessageRow row)
    {
        MailboxJobChanges.Bury(_transaction, folder, row);
        _emptied.Add(folder.Id);
        return true;
    }

    private bool TryUnflag(MailboxJobStep step, FolderState folder, in MessageRow row)
    {
        MessageFlags flags = Without(row.Flags, step, folder);
        if (flags != row.Flags)
        {
            (ulong modSeq, FolderChanges changes) = _transaction.Touch(folder);
            MessageRows.SetFlags(_transaction.Database, row.Id, modSeq, flags);
            changes.Updated.Add(new MessageEntry(row.Uid, modSeq, flags));
        }

        return true;
    }

    private bool TryBringBack(MailboxJobStep step)
    {
        MessageRow kept = step.Kept!.Value;
        if ((Usable(_job.Folder) ?? Inbox()) is not { } home)
        {
            _transaction.AddReferences(kept.Body, -1);
            return false;
        }

        (ulong modSeq, FolderChanges changes) = _transaction.Touch(home);
        MessageFlags flags = step.Flags | home.FlagsOf(step.Keywords, create: true, out _);
        uint uid = home.UidNext++;
        MessageRows.Insert(_transaction.Database, kept with { Id = home.RowOf(uid), ModSeq = modSeq, Flags = flags }, step.Prefix);
        changes.Added.Add(new MessageEntry(uid, modSeq, flags));
        _transaction.Count(home, kept.Size, 1);
        return true;
    }

    private FolderState? Usable(FolderId id) => _transaction.SelectableFolder(id) is { UidNext: < uint.MaxValue } folder ? folder : null;

    private FolderState? Inbox() =>
        _transaction.Database.Prepare("SELECT id FROM folders WHERE account = ?1 AND name = ?2").With(_job.Account.Value).With(Folder.Inbox).Scalar() is { } id
            ? Usable(new FolderId(id))
            : null;

    private static MessageFlags Without(MessageFlags flags, MailboxJobStep step, FolderState folder) =>
        flags - step.Flags - folder.FlagsOf(step.Keywords, create: false, out _);
}
