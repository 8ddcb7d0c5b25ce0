using System.Collections.Immutable;
using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>What an administrator does with the queue, whichever way he comes: command line or HTTP.</summary>
/// <param name="store">The entries.</param>
/// <param name="runner">Is told of what was changed.</param>
/// <param name="options">Says when entries are given up.</param>
public sealed class QueueAdministration(IQueueStore store, QueueRunner runner, Func<QueueOptions> options)
{
    /// <summary>Entries, oldest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="after">Only those behind this key; null from the start.</param>
    /// <param name="limit">The most to give.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The entries with all their recipients, without history.</returns>
    public ValueTask<IReadOnlyList<QueueEntry>> ListAsync(QueueFilter filter, QueueId? after, int limit, CancellationToken cancellationToken) =>
        store.ListAsync(filter, after, limit, cancellationToken);

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

        return new QueueEntryDetail(entry, entry.Queued + options().Expiry, pauses.ToImmutable());
    }

    /// <summary>Changes entries. Sending them ends the pauses of their destinations.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="change">What to do.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <returns>How many entries changed.</returns>
    public async ValueTask<int> ChangeAsync(QueueFilter filter, QueueChange change, CancellationToken cancellationToken)
    {
        int changed = await store.ChangeAsync(filter, change, cancellationToken);
        runner.Wake();
        if (change == QueueChange.Send)
        {
            await ResumeAsync(filter, cancellationToken);
        }

        return changed;
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

/// <summary>All that is known of a queued message.</summary>
/// <param name="Entry">The message with its history.</param>
/// <param name="Expires">When it is given up.</param>
/// <param name="Pauses">Of its recipients' domains those to which nothing is sent now, and until when.</param>
public sealed record QueueEntryDetail(QueueEntry Entry, DateTimeOffset Expires, ImmutableSortedDictionary<string, DateTimeOffset> Pauses);
