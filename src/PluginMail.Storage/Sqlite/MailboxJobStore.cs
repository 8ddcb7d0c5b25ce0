namespace PluginMail.Storage.Sqlite;

/// <summary>Jobs on mail that is there: through the one writer.</summary>
internal sealed class MailboxJobStore(ReaderPool readers, GroupWriter<WriteTransaction> writer, GravePurge purge, TimeProvider time) : IMailboxJobStore
{
    private const int StepsAtATime = 500;
    private const long OctetsAMessage = 512;

    public async ValueTask<(MailboxJob Job, bool IsNew)?> BeginAsync(NewMailboxJob job, CancellationToken cancellationToken) =>
        await writer.WriteAsync(transaction => MailboxJobChanges.Begin(transaction, job, time.GetUtcNow()), cancellationToken, job.Script.Length);

    public ValueTask<IReadOnlyList<MailboxJob>> ListAsync(AccountId account, CancellationToken cancellationToken) =>
        readers.ReadAsync<IReadOnlyList<MailboxJob>>(database => MailboxJobRows.List(database, account), cancellationToken);

    public ValueTask<byte[]?> GetScriptAsync(MailboxJobId job, CancellationToken cancellationToken) =>
        readers.ReadAsync(
            database =>
            {
                using Statement row = database.Prepare("SELECT script FROM mailbox_jobs WHERE id = ?").With(job.Value);
                return row.Step() ? row.Blob(0) : null;
            },
            cancellationToken);

    public async ValueTask<MailboxJob?> ApplyAsync(MailboxJobId job, MailboxJobBatch batch, CancellationToken cancellationToken)
    {
        MailboxJob? after = await writer.WriteAsync(
            transaction => MailboxJobChanges.Apply(transaction, job, batch, time.GetUtcNow()), cancellationToken, batch.Placements.Count * OctetsAMessage);
        if (after is not null)
        {
            purge.Request(after.Folder);
        }

        return after;
    }

    public async ValueTask<MailboxJob?> UndoAsync(MailboxJobId job, int most, CancellationToken cancellationToken)
    {
        (MailboxJob? after, HashSet<FolderId> emptied) = await writer.WriteAsync(
            transaction => (MailboxJobUndo.Undo(transaction, job, most, time.GetUtcNow(), out HashSet<FolderId> folders), folders),
            cancellationToken,
            most * OctetsAMessage);
        foreach (FolderId folder in emptied)
        {
            purge.Request(folder);
        }

        return after;
    }

    public async ValueTask<int> ExpireAsync(DateTimeOffset unchangedSince, CancellationToken cancellationToken)
    {
        int count = 0;
        bool isMore = true;
        while (isMore)
        {
            (bool isGone, isMore) = await writer.WriteAsync(
                transaction => MailboxJobUndo.Expire(transaction, unchangedSince, StepsAtATime), cancellationToken, mayLag: true);
            count += isGone ? 1 : 0;
        }

        return count;
    }
}
