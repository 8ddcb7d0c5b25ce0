using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>The loop that decides. What it keeps is its own; others reach it by events.</summary>
internal sealed class QueueLoop : IDisposable
{
    private const int MostArrivals = 20_000;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(5);

    private readonly Channel<QueueEvent> _events = Channel.CreateUnbounded<QueueEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<string, DateTimeOffset> _paused = new(StringComparer.Ordinal);
    private readonly ActiveEntries _active = new();
    private readonly CancellationTokenSource _giveUp = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Destinations _destinations;
    private readonly QueueSchedule _schedule;
    private readonly QueueWork _work;
    private readonly QueueLookout _lookout;
    private readonly PendingReports _reports;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly IMailStore _store;
    private int _arrivals;
    private int _outstanding;
    private int _begun;
    private volatile bool _isMissed;

    public QueueLoop(IMailStore store, Destinations destinations, QueueWork work, Func<QueueOptions> options, TimeProvider clock, ILogger log)
    {
        (_store, _destinations, _work, _clock, _log) = (store, destinations, work, clock, log);
        _schedule = new QueueSchedule(options);
        _reports = new PendingReports(_schedule, StartReport);
        _lookout = new QueueLookout(store.Queue, destinations, _schedule, _reports, options, clock);
        store.Queue.Observe(Arrived);
    }

    public void Wake() => Tell(QueueEvent.Looked.Instance);

    public void Resume(string? domain) => Tell(new QueueEvent.Resumed(domain));

    public ValueTask<string> DestinationOfAsync(string domain, CancellationToken cancellationToken) => _destinations.OfAsync(domain, cancellationToken);

    public async ValueTask<DateTimeOffset?> PausedUntilAsync(string domain, CancellationToken cancellationToken) =>
        _paused.TryGetValue(await _destinations.OfAsync(domain, cancellationToken), out DateTimeOffset until) && until > _clock.GetUtcNow() ? until : null;

    public ActiveEntries Active => _active;

    /// <summary>An entry was given back by its claim: what is left of it may be tried.</summary>
    public void Wake(QueueId id, bool hasReport) => Tell(new QueueEvent.Freed(id, hasReport));

    public bool HasPauses => !_paused.IsEmpty;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await StepAsync(cancellationToken);
                await WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                QueueLog.RunFailed(_log, e);
                await Task.Delay(AfterFault, _clock, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }

        await DrainAsync();
    }

    public async ValueTask<int> RunDueAsync(CancellationToken cancellationToken)
    {
        int before = _begun;
        _lookout.LookNow();
        while (true)
        {
            await StepAsync(cancellationToken);
            if (_outstanding > 0)
            {
                await _events.Reader.WaitToReadAsync(cancellationToken);
            }
            else if (!_events.Reader.TryPeek(out _) && !_lookout.IsPartly)
            {
                return _begun - before;
            }
            else if (_lookout.IsPartly)
            {
                _lookout.LookNow();
            }
        }
    }

    public void Dispose()
    {
        _giveUp.Dispose();
        _stop.Dispose();
    }

    private void Tell(QueueEvent what) => _events.Writer.TryWrite(what);

    // On the writer's thread. Where too many wait, the store knows them all.
    private void Arrived(QueueArrival arrival)
    {
        if (Volatile.Read(ref _arrivals) >= MostArrivals)
        {
            _isMissed = true;
            return;
        }

        Interlocked.Increment(ref _arrivals);
        Tell(new QueueEvent.Arrived(arrival));
    }

    private async ValueTask StepAsync(CancellationToken cancellationToken)
    {
        while (_events.Reader.TryRead(out QueueEvent? what))
        {
            await TakeAsync(what, cancellationToken);
        }

        if (_isMissed)
        {
            _isMissed = false;
            _lookout.LookBy(_clock.GetUtcNow());
        }

        await _lookout.LookAsync(_paused, StartWarning, StartExpiry, cancellationToken);
        await _lookout.RefillAsync(cancellationToken);
        while (_schedule.Take(_clock.GetUtcNow()) is { } job)
        {
            if (_active.TryBegin(job.Id))
            {
                _begun++;
                Start(() => _work.TryAsync(job, Tell, _giveUp.Token, _stop.Token));
            }
            else
            {
                _schedule.Sent(job, DestinationHealth.Unknown, _clock.GetUtcNow()); // claimed: looked for again when it is freed
                _schedule.Ended(job);
            }
        }
    }

    private async ValueTask TakeAsync(QueueEvent what, CancellationToken cancellationToken)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        switch (what)
        {
            case QueueEvent.Arrived arrived:
                Interlocked.Decrement(ref _arrivals);
                await TakeAsync(arrived.Arrival, now, cancellationToken);
                break;
            case QueueEvent.Sent sent:
                Sent(sent, now);
                break;
            case QueueEvent.Ended ended:
                _outstanding--;
                Ended(ended, now);
                break;
            case QueueEvent.Reported reported:
                _outstanding--;
                _reports.Ended(reported.Id);
                break;
            case QueueEvent.Resumed resumed:
                string? destination = resumed.Domain is null ? null : await _destinations.OfAsync(resumed.Domain, cancellationToken);
                _schedule.Resume(destination);
                Unpause(destination);
                _lookout.LookNow();
                break;
            case QueueEvent.Freed freed:
                if (freed.HasReport)
                {
                    _reports.Add(freed.Id, now);
                    _reports.Check(freed.Id);
                }

                _lookout.LookBy(now);
                break;
            case QueueEvent.Looked:
                _lookout.LookNow();
                break;
        }
    }

    private async ValueTask TakeAsync(QueueArrival arrival, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (arrival.HasReport)
        {
            _reports.Add(arrival.Id, now);
        }

        if (arrival.NextAttempt > now)
        {
            _lookout.LookBy(arrival.NextAttempt);
            return;
        }

        foreach (string domain in arrival.Domains)
        {
            string destination = await _destinations.OfAsync(domain, cancellationToken);
            _schedule.Add(new QueueJob(arrival.Id, domain, destination, arrival.Priority, arrival.Source), now);
        }

        _reports.Check(arrival.Id);
    }

    private void Sent(QueueEvent.Sent sent, DateTimeOffset now)
    {
        DateTimeOffset? before = _schedule.PausedUntil(sent.Job.Destination, now);
        _schedule.Sent(sent.Job, sent.Health, now);
        if (before is null && _schedule.PausedUntil(sent.Job.Destination, now) is { } until)
        {
            _paused[sent.Job.Destination] = until;
            QueueLog.Paused(_log, sent.Job.Destination, until);
        }
        else if (sent.Health is DestinationHealth.Accepting or DestinationHealth.Up && !_paused.IsEmpty)
        {
            Unpause(sent.Job.Destination);
        }
    }

    private void Ended(QueueEvent.Ended ended, DateTimeOffset now)
    {
        _schedule.Ended(ended.Job);
        _active.End(ended.Job.Id);
        if (ended.End.Next is { } next)
        {
            _lookout.LookBy(next);
        }

        if (ended.End.MayHaveMore)
        {
            _schedule.AddDomain(ended.Job.Domain, ended.Job.Destination);
        }

        if (ended.End.HasReport)
        {
            _reports.Add(ended.Job.Id, now);
        }

        _reports.Check(ended.Job.Id);
    }

    private void Unpause(string? destination)
    {
        if (destination is null)
        {
            _paused.Clear();
        }
        else
        {
            _paused.TryRemove(destination, out _);
        }
    }

    private void StartReport(QueueId id) => Start(() => _work.ReportAsync(id, Tell, _stop.Token));

    private void StartWarning(QueueId id) => Start(() => _work.WarnAsync(id, Tell, _stop.Token));

    private void StartExpiry(QueueId id, IReadOnlySet<string> paused) => Start(() => _work.ExpireAsync(id, paused, Tell, _stop.Token));

    // What runs tells of its end by an event, and throws nothing.
    private void Start(Func<Task> work)
    {
        _outstanding++;
        _ = Task.Run(work);
    }

    private async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        DateTimeOffset next = _lookout.NextLook;
        next = _schedule.NextTime(now) is { } other && other < next ? other : next;
        if (next <= now && !_events.Reader.TryPeek(out _))
        {
            next = now + TimeSpan.FromMilliseconds(1);
        }

        await using ITimer timer = _clock.CreateTimer(
            _ => Tell(QueueEvent.Tick.Instance), null, next > now ? next - now : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        await _events.Reader.WaitToReadAsync(cancellationToken);
    }

    // What was begun is ended if it can be: first by itself, then by giving up what is not answered, then without keeping its result.
    private async Task DrainAsync()
    {
        await using ITimer giveUp = _clock.CreateTimer(_ => _giveUp.Cancel(), null, Grace, Timeout.InfiniteTimeSpan);
        await using ITimer stop = _clock.CreateTimer(_ => _stop.Cancel(), null, Grace * 2, Timeout.InfiniteTimeSpan);
        await using ITimer end = _clock.CreateTimer(_ => _events.Writer.TryComplete(), null, Grace * 3, Timeout.InfiniteTimeSpan);
        while (_outstanding > 0 && await _events.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (_events.Reader.TryRead(out QueueEvent? what))
            {
                _outstanding -= what is QueueEvent.Ended or QueueEvent.Reported ? 1 : 0;
            }
        }
    }
}
