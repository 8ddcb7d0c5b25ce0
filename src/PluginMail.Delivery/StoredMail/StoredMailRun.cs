using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>Carries a script out on the mail that is there, as a job of the store: in batches, each one commit, from where the job stands.</summary>
/// <param name="filter">The script.</param>
/// <param name="store">The store.</param>
/// <param name="source">The folder.</param>
public sealed class StoredMailRun(StoredMailFilter filter, IMailStore store, Folder source)
{
    private readonly StoredMailActions _actions = new(new DestinationFolders(store), source);
    private readonly SortedDictionary<string, long> _withheld = new(StringComparer.Ordinal);

    /// <summary>The actions that this run left out, by name, with how often.</summary>
    public IReadOnlyDictionary<string, long> Withheld => _withheld;

    /// <summary>Goes on until the job is done.</summary>
    /// <param name="job">The job.</param>
    /// <param name="progress">Is told of each batch that is on disk.</param>
    /// <param name="cancellationToken">Stops between two batches; the job can go on another time.</param>
    /// <returns>The job as it is then; null where somebody else works on it, or undoes it, or the folder is gone.</returns>
    /// <exception cref="StoreUnavailableException">The store failed; the job can go on another time.</exception>
    public async ValueTask<MailboxJob?> RunAsync(MailboxJob job, Func<MailboxJob, CancellationToken, ValueTask> progress, CancellationToken cancellationToken)
    {
        using IFolderHold? hold = await store.Mailboxes.HoldAsync(job.Folder, takeRecent: false, cancellationToken);
        if (hold is null)
        {
            return null;
        }

        MailboxJob? at = job;
        while (at is { State: MailboxJobState.Running })
        {
            hold.Advance();
            at = await store.Jobs.ApplyAsync(at.Id, await NextAsync(hold, at, cancellationToken), cancellationToken);
            if (at is not null)
            {
                await progress(at, cancellationToken);
            }
        }

        return at;
    }

    private async ValueTask<MailboxJobBatch> NextAsync(IFolderHold hold, MailboxJob job, CancellationToken cancellationToken)
    {
        FolderVersion version = hold.Version;
        int first = version.IndexOf(job.DoneUid + 1);
        first = first < 0 ? ~first : first;
        var uids = new List<uint>(StoredMailFilter.BatchSize);
        for (int i = first; i < version.Count && uids.Count < StoredMailFilter.BatchSize && version[i].Uid <= job.LastUid; i++)
        {
            uids.Add(version[i].Uid);
        }

        var withheld = new List<string>();
        var placements = new List<MessagePlacement>();
        foreach (FilteredMessage message in await filter.RunAsync(hold, uids, withSubjects: false, cancellationToken))
        {
            if (await _actions.PlanAsync(message, withheld, cancellationToken) is { } placement)
            {
                placements.Add(placement);
            }
        }

        foreach (string name in withheld)
        {
            _withheld[name] = _withheld.GetValueOrDefault(name) + 1;
        }

        uint through = uids.Count < StoredMailFilter.BatchSize ? job.LastUid : uids[^1];
        return new MailboxJobBatch(job.DoneUid, through, uids.Count, withheld.Count, placements);
    }
}
