using System.Collections.Concurrent;
using System.Collections.Frozen;
using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>Looks into the store for what is due, late, expired or unreported: when something is going to be, never more often than it can afford.</summary>
internal sealed class QueueLookout(
    IQueueStore queue, Destinations destinations, QueueSchedule schedule, PendingReports reports, Func<QueueOptions> options, TimeProvider clock)
{
    private const int MostDomains = 2_000;
    private const int MostOld = 200;
    private const int Cost = 20;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private DateTimeOffset _next = DateTimeOffset.MinValue;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private string? _after;
    private QueueId? _afterExpired;

    /// <summary>When it looks next.</summary>
    public DateTimeOffset NextLook => _next > _notBefore ? _next : _notBefore;

    /// <summary>Whether the last look did not see all.</summary>
    public bool IsPartly { get; private set; }

    /// <summary>Something is due at a time.</summary>
    public void LookBy(DateTimeOffset time) => _next = time < _next ? time : _next;

    /// <summary>Something may be due now.</summary>
    public void LookNow() => (_next, _notBefore) = (DateTimeOffset.MinValue, DateTimeOffset.MinValue);

    /// <summary>Looks, if it is time to.</summary>
    public async ValueTask LookAsync(
        ConcurrentDictionary<string, DateTimeOffset> paused, Action<QueueId> warn, Action<QueueId, IReadOnlySet<string>> expire, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (NextLook > now)
        {
            return;
        }

        long started = clock.GetTimestamp();
        DueDomains due = await queue.ListDueDomainsAsync(now, _after, MostDomains, cancellationToken);
        foreach (string domain in due.Domains)
        {
            schedule.AddDomain(domain, await destinations.OfAsync(domain, cancellationToken));
        }

        _after = due.IsComplete ? null : due.Domains[^1];
        IsPartly = !due.IsComplete;
        await LookForReportsAsync(now, cancellationToken);
        await LookForLateAsync(now, warn, cancellationToken);
        await LookForExpiredAsync(now, paused, expire, cancellationToken);
        schedule.Trim(now);
        DateTimeOffset latest = now + (IsPartly ? Shortest : Longest);
        _next = due.NextDue is { } next && next < latest ? next : latest;
        TimeSpan cost = clock.GetElapsedTime(started) * Cost;
        _notBefore = now + (cost > Shortest ? cost : Shortest);
    }

    /// <summary>Takes from the store what lanes have room for.</summary>
    public async ValueTask RefillAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        int turns = schedule.HungryLanes;
        while (schedule.TakeHungry(ref turns, now) is { } wanted)
        {
            IReadOnlyList<DueMessage> due = await queue.ListDueAsync(wanted.Domain, now, wanted.Limit, cancellationToken);
            foreach (DueMessage message in due)
            {
                schedule.Add(new QueueJob(message.Id, wanted.Domain, wanted.Destination, message.Priority, message.Source), now);
            }

            if (due.Count >= wanted.Limit)
            {
                schedule.AddDomain(wanted.Domain, wanted.Destination);
            }
        }
    }

    private async ValueTask LookForReportsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (QueueId id in await queue.ListUnreportedAsync(null, MostOld, cancellationToken))
        {
            reports.Add(id, now);
        }

        reports.CheckAll(now);
    }

    private async ValueTask LookForLateAsync(DateTimeOffset now, Action<QueueId> warn, CancellationToken cancellationToken)
    {
        if (options().WarnAfter == TimeSpan.Zero)
        {
            return;
        }

        foreach (QueueId id in await queue.ListQueuedBeforeAsync(now - options().WarnAfter, isUnwarned: true, null, MostOld, cancellationToken))
        {
            warn(id);
        }
    }

    // Those that an attempt is made at now are that attempt's to end; the others go by turns.
    private async ValueTask LookForExpiredAsync(
        DateTimeOffset now, ConcurrentDictionary<string, DateTimeOffset> paused, Action<QueueId, IReadOnlySet<string>> expire, CancellationToken cancellationToken)
    {
        IReadOnlyList<QueueId> expired = await queue.ListQueuedBeforeAsync(
            now - options().Expiry, isUnwarned: false, _afterExpired, MostOld, cancellationToken);
        _afterExpired = expired.Count < MostOld ? null : expired[^1];
        if (expired.Count == 0)
        {
            return;
        }

        FrozenSet<string> pausedNow = paused.Where(pause => pause.Value > now).Select(pause => pause.Key).ToFrozenSet(StringComparer.Ordinal);
        foreach (QueueId id in expired.Where(id => !schedule.HasJobs(id)))
        {
            expire(id, pausedNow);
        }
    }
}
