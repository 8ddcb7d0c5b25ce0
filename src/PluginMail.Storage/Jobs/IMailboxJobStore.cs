namespace PluginMail.Storage;

/// <summary>
/// Changes of many messages that are there: each batch is one commit with the job's progress, so that a job that is cut off goes on where it
/// was and treats no message twice; and each step is noted, so that all can be undone until the job expires. Quotas count a message where it
/// lies; what a job deleted counts nowhere.
/// </summary>
public interface IMailboxJobStore
{
    /// <summary>Begins a job, unless one is unfinished in that folder.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The job, or the unfinished one; null where the folder is gone.</returns>
    ValueTask<(MailboxJob Job, bool IsNew)?> BeginAsync(NewMailboxJob job, CancellationToken cancellationToken);

    /// <summary>Lists an account's jobs, the newest first.</summary>
    /// <param name="account">The account.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Those that have not expired.</returns>
    ValueTask<IReadOnlyList<MailboxJob>> ListAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>Reads what a job is done by.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>As it was given; null where there is no such job.</returns>
    ValueTask<byte[]?> GetScriptAsync(MailboxJobId job, CancellationToken cancellationToken);

    /// <summary>Does a job's next messages.</summary>
    /// <param name="job">The job.</param>
    /// <param name="batch">The messages; keep it to some hundreds.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The job as it is now; null where it stands elsewhere or no longer runs, and nothing was done.</returns>
    ValueTask<MailboxJob?> ApplyAsync(MailboxJobId job, MailboxJobBatch batch, CancellationToken cancellationToken);

    /// <summary>
    /// Takes a job's next steps back: messages that were moved return, with new UIDs, and lose the flags that the job gave them; copies go;
    /// deleted messages come back, to INBOX where their folder is gone. A message that is no longer where the job put it is left alone.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="most">At most so many steps.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The job as it is now, undone once nothing is left; null where there is none.</returns>
    ValueTask<MailboxJob?> UndoAsync(MailboxJobId job, int most, CancellationToken cancellationToken);

    /// <summary>Forgets jobs, and gives up what they deleted.</summary>
    /// <param name="unchangedSince">Those that have not changed since.</param>
    /// <param name="cancellationToken">Gives up; what is left is done the next time.</param>
    /// <returns>How many jobs.</returns>
    ValueTask<int> ExpireAsync(DateTimeOffset unchangedSince, CancellationToken cancellationToken);
}
