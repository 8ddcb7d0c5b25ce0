using System.Collections.Concurrent;
using System.Collections.Immutable;
using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>What an administrator does with the queue, whichever way he comes: command line or HTTP.</summary>
/// <param name="store">The entries.</param>
/// <param name="runner">Is told of what was changed.</param>
/// <param name="options">Says when entries are given up.</param>
/// <param name="clock">The clock.</param>
public sealed class QueueAdministration(IQueueStore store, QueueRunner runner, Func<QueueOptions> options, TimeProvider clock)
{
    private const int ReturnStep = 200;
    private const int ReturnsAtOnce = 16;

    /// <summary>Entries, oldest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="after">Only those behind this key; null from the start.</param>
    /// <param name="limit">The most to give.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The entries with all their recipients, without history.</returns>
    public async ValueTask<IReadOnlyList<QueueListing>> ListAsync(QueueFilter filter, QueueId? after, int limit, CancellationToken cancellationToken)
    {
        var listed = new List<QueueListing>();
        foreach (QueueEntry entry in await store.ListAsync(filter, after, limit, cancellationToken))
        {
            listed.Add(await StandingOfAsync(entry, cancellationToken));
        }

        return listed;
    }

    /// <summary>All that is known of an entry.</summary>
    /// <param name="id">The entry.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where it is gone.</returns>
    public async ValueTask<QueueEntryDetail?> FindAsync(QueueId id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { } entry)
        {
            return null;
        }

        var pauses = ImmutableSortedDictionary.CreateBuilder<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (string domain in Domains(entry))
        {
            if (await runner.PausedUntilAsync(domain, cancellationToken) is { } until)
            {
                pauses[domain] = until;
            }
        }

        return new QueueEntryDetail(await StandingOfAsync(entry, cancellationToken), entry.Queued + options().Expiry, pauses.ToImmutable());
    }

    private async ValueTask<QueueListing> StandingOfAsync(QueueEntry entry, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (runner.IsActive(entry.Id))
        {
            return new QueueListing(entry, QueueEntryState.Active, now);
        }

        if (entry.NextAttempt is not { } next)
        {
            bool isHeld = entry.Recipients.Any(to => to.Status == QueueRecipientStatus.Held);
            return new QueueListing(entry, isHeld ? QueueEntryState.Held : QueueEntryState.Ending, null);
        }

        if (next > now)
        {
            return new QueueListing(entry, QueueEntryState.Waiting, next);
        }

        DateTimeOffset? first = null;
        foreach (string domain in entry.Recipients.Where(to => to.Status == QueueRecipientStatus.Waiting && to.NextAttempt <= now).Select(to => to.Domain).Distinct())
        {
            if (!runner.HasPauses || await runner.PausedUntilAsync(domain, cancellationToken) is not { } until)
            {
                return new QueueListing(entry, QueueEntryState.Due, now);
            }

            first = until < (first ?? until) ? until : first ?? until;
        }

        return new QueueListing(entry, QueueEntryState.Paused, first);
    }

    /// <summary>
    /// Changes entries. Sending them ends the pauses of their destinations, and leaves what is held as it is: a flush approves of nothing.
    /// </summary>
    /// <param name="filter">Which.</param>
    /// <param name="change">What to do.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <returns>How many entries changed.</returns>
    public async ValueTask<int> ChangeAsync(QueueFilter filter, QueueChange change, CancellationToken cancellationToken)
    {
        int changed = await store.ChangeAsync(filter, change, cancellationToken);
        runner.Wake();
        if (change == QueueChange.Send && (changed > 0 || filter.Id is null))
        {
            await ResumeAsync(filter, cancellationToken);
        }

        return changed;
    }

    /// <summary>Whether somebody is held among those that are meant.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>True where only a release, a return or a removal ends their waiting.</returns>
    public async ValueTask<bool> IsAnyHeldAsync(QueueFilter filter, CancellationToken cancellationToken) =>
        (await store.ListAsync(filter with { Status = QueueRecipientStatus.Held }, null, 1, cancellationToken)).Count > 0;

    /// <summary>
    /// Returns an entry to its sender: those of its recipients that wait or are held have failed with 550 5.7.1, and are reported as failures are.
    /// </summary>
    /// <param name="id">The entry.</param>
    /// <param name="filter">What must be true of it, and which of its recipients are meant.</param>
    /// <param name="reason">What the sender reads.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What became of it.</returns>
    public async ValueTask<QueueReturn> ReturnAsync(QueueId id, QueueFilter filter, ReturnReason reason, CancellationToken cancellationToken) =>
        (await store.ListAsync(filter with { Id = id }, null, 1, cancellationToken)).Count == 0
            ? QueueReturn.Nothing
            : await runner.ReturnAsync(id, filter, reason, cancellationToken);

    /// <summary>Returns entries to their senders, each like one that is named.</summary>
    /// <param name="filter">Which; and which of their recipients.</param>
    /// <param name="reason">What the senders read.</param>
    /// <param name="cancellationToken">Stops between two entries.</param>
    /// <returns>What became of them.</returns>
    public async ValueTask<QueueReturns> ReturnAsync(QueueFilter filter, ReturnReason reason, CancellationToken cancellationToken)
    {
        QueueReturns all = QueueReturns.None;
        QueueId? after = null;
        while (await store.ListAsync(filter, after, ReturnStep, cancellationToken) is { Count: > 0 } step)
        {
            after = step[^1].Id;
            var ended = new ConcurrentBag<QueueReturn>();
            await Parallel.ForEachAsync( // so that they share commits
                step,
                new ParallelOptions { MaxDegreeOfParallelism = ReturnsAtOnce, CancellationToken = cancellationToken },
                async (entry, token) => ended.Add(await runner.ReturnAsync(entry.Id, filter, reason, token)));
            all = ended.Aggregate(all, (sum, one) => sum.Add(one));
        }

        return all;
    }

    private static IEnumerable<string> Domains(QueueEntry entry) => entry.Recipients.Select(to => to.Domain).Distinct(StringComparer.Ordinal);

    private async ValueTask ResumeAsync(QueueFilter filter, CancellationToken cancellationToken)
    {
        if (filter is { Domain: null, Id: { } id })
        {
            if (await store.FindAsync(id, cancellationToken) is { } entry)
            {
                foreach (string domain in Domains(entry))
                {
                    runner.Resume(domain);
                }
            }
        }
        else
        {
            runner.Resume(filter.Domain);
        }
    }
}

/// <summary>How a queued message stands.</summary>
/// <param name="Entry">The message.</param>
/// <param name="State">What it waits for.</param>
/// <param name="Next">When it is tried next: now where it is active or due, at the end of the pause where it is paused; null where nothing is to be tried.</param>
public sealed record QueueListing(QueueEntry Entry, QueueEntryState State, DateTimeOffset? Next);

/// <summary>All that is known of a queued message.</summary>
/// <param name="Standing">The message with its history, and what it waits for.</param>
/// <param name="Expires">When it is given up.</param>
/// <param name="Pauses">Of its recipients' domains those to which nothing is sent now, and until when.</param>
public sealed record QueueEntryDetail(QueueListing Standing, DateTimeOffset Expires, ImmutableSortedDictionary<string, DateTimeOffset> Pauses)
{
    /// <summary>The message.</summary>
    public QueueEntry Entry => Standing.Entry;
}
