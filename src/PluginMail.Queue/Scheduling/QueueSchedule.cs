using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>
/// Decides which job starts next: destinations in turn, within each the limits of <see cref="QueueOptions"/>. It keeps a bounded part of what is
/// due; the store has all of it. Does nothing by itself, and is used by one caller at a time.
/// </summary>
internal sealed class QueueSchedule(Func<QueueOptions> options)
{
    private const int MostReady = 50_000;
    private const int MostReadyUnproven = 64;
    private const int MostReadyInLane = 2_000;
    private const int MostDomainsInLane = 2_000;
    private const int SlowFactor = 4;

    /// <summary>From when on an attempt no longer takes a place from the others.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, DestinationLane> _lanes = new(StringComparer.Ordinal);
    private readonly Queue<DestinationLane> _ring = new();
    private readonly Queue<DestinationLane> _hungry = new();
    private readonly PriorityQueue<DestinationLane, DateTimeOffset> _sleeping = new();
    private readonly Dictionary<string, RateLimit> _sources = new(StringComparer.Ordinal);
    private readonly Dictionary<(QueueId Id, string Domain), bool> _known = [];
    private readonly Dictionary<QueueId, int> _jobsOf = [];
    private readonly Queue<(DateTimeOffset Started, QueueJob Job)> _started = new();
    private readonly Dictionary<QueueJob, DateTimeOffset> _running = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<QueueJob> _slow = new(ReferenceEqualityComparer.Instance);
    private int _ready;

    /// <summary>Jobs under way.</summary>
    public int Running => _running.Count;

    /// <summary>Jobs that may start as soon as limits let them.</summary>
    public int Ready => _ready;

    /// <summary>Jobs whose result is not on disk yet: what a crash would repeat. While they are many, nothing is started.</summary>
    public int Unkept => _known.Count - _ready - _running.Count;

    /// <summary>Whether something of an entry is ready or under way.</summary>
    public bool HasJobs(QueueId id) => _jobsOf.ContainsKey(id);

    /// <summary>How long a destination is paused.</summary>
    /// <returns>Null where it is not.</returns>
    public DateTimeOffset? PausedUntil(string destination, DateTimeOffset now) =>
        _lanes.TryGetValue(destination, out DestinationLane? lane) && lane.IsPaused(now) ? lane.PausedUntil : null;

    /// <summary>Adds a job. Where there is no room for it, or its destination is paused, only its domain is remembered.</summary>
    /// <returns>False where it was known, or was not taken.</returns>
    public bool Add(QueueJob job, DateTimeOffset now)
    {
        DestinationLane lane = Lane(job.Destination);
        int most = lane.IsProven || job.IsHere ? MostReadyInLane : MostReadyUnproven;
        if (lane.IsPaused(now) || lane.Ready.Count >= most || _ready >= MostReady)
        {
            AddDomain(job.Domain, job.Destination);
            return false;
        }

        if (!_known.TryAdd((job.Id, job.Domain), true))
        {
            return false;
        }

        _jobsOf[job.Id] = _jobsOf.GetValueOrDefault(job.Id) + 1;
        lane.Ready.Add(job);
        _ready++;
        Enter(lane);
        return true;
    }

    /// <summary>Says that the store has something due in a domain.</summary>
    public void AddDomain(string domain, string destination)
    {
        DestinationLane lane = Lane(destination);
        if (lane.More.Count < MostDomainsInLane && !lane.More.Contains(domain))
        {
            lane.More.Enqueue(domain);
        }

        if (!lane.IsHungry)
        {
            lane.IsHungry = true;
            _hungry.Enqueue(lane);
        }
    }

    /// <summary>A domain whose due messages are wanted from the store now, with how many.</summary>
    /// <param name="turns">How many lanes to look at; the caller begins with <see cref="HungryLanes"/> and hands it on.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null where nothing is wanted.</returns>
    public (string Domain, string Destination, int Limit)? TakeHungry(ref int turns, DateTimeOffset now)
    {
        while (turns-- > 0 && _ready < MostReady && _hungry.TryDequeue(out DestinationLane? lane))
        {
            lane.IsHungry = false;
            int most = lane.IsProven || lane.IsHere ? MostReadyInLane / 4 : MostReadyUnproven;
            if (lane.IsPaused(now) || lane.Ready.Count > most / 4)
            {
                lane.IsHungry = true;
                _hungry.Enqueue(lane);
                continue;
            }

            if (lane.More.TryDequeue(out string? domain))
            {
                if (lane.More.Count > 0)
                {
                    lane.IsHungry = true;
                    _hungry.Enqueue(lane);
                }

                return (domain, lane.Destination, most + lane.Running + lane.Ready.Count);
            }
        }

        return null;
    }

    /// <summary>Lanes that want more from the store.</summary>
    public int HungryLanes => _hungry.Count;

    /// <summary>Takes the job that starts next.</summary>
    /// <returns>Null where none may start now.</returns>
    public QueueJob? Take(DateTimeOffset now)
    {
        QueueOptions settings = options();
        NoteSlow(now);
        while (_sleeping.TryPeek(out _, out DateTimeOffset at) && at <= now)
        {
            Enter(_sleeping.Dequeue());
        }

        while (_running.Count - _slow.Count < settings.Parallelism && _running.Count < settings.Parallelism * SlowFactor && Unkept < settings.Parallelism
            && _ring.TryDequeue(out DestinationLane? lane))
        {
            lane.IsInRing = false;
            if (TakeFrom(lane, settings, now) is { } job)
            {
                Enter(lane);
                return job;
            }
        }

        return null;
    }

    /// <summary>A job's attempt is over, its place free; its result is not on disk yet.</summary>
    public void Sent(QueueJob job, DestinationHealth health, DateTimeOffset now)
    {
        if (!_running.Remove(job, out DateTimeOffset started))
        {
            return;
        }

        _slow.Remove(job);
        DestinationLane lane = Lane(job.Destination);
        lane.Running--;
        if (lane.Note(health, started, options(), now))
        {
            foreach (QueueJob waiting in lane.Ready.Clear())
            {
                _ready--;
                Forget(waiting);
                AddDomain(waiting.Domain, waiting.Destination);
            }

            AddDomain(job.Domain, job.Destination);
        }

        Enter(lane);
    }

    /// <summary>A job's result is on disk.</summary>
    public void Ended(QueueJob job) => Forget(job);

    /// <summary>Ends pauses, as a person asks.</summary>
    /// <param name="destination">Of which; null for all.</param>
    public void Resume(string? destination)
    {
        foreach (DestinationLane lane in _lanes.Values.Where(lane => destination is null || lane.Destination == destination))
        {
            lane.Resume();
            Enter(lane);
        }
    }

    /// <summary>When the next job may start, or the next lane wants more, where nothing else happens before.</summary>
    public DateTimeOffset? NextTime(DateTimeOffset now)
    {
        DateTimeOffset? next = _sleeping.TryPeek(out _, out DateTimeOffset at) ? at : null;
        if (_ring.Count > 0 && _started.TryPeek(out (DateTimeOffset Started, QueueJob Job) oldest))
        {
            DateTimeOffset slow = oldest.Started + Slow;
            next = next is null || slow < next ? slow : next;
        }

        foreach (DestinationLane lane in _hungry)
        {
            if (lane.IsPaused(now) && !(next <= lane.PausedUntil))
            {
                next = lane.PausedUntil;
            }
        }

        return next;
    }

    /// <summary>Forgets what is of no use any more.</summary>
    public void Trim(DateTimeOffset now)
    {
        foreach (DestinationLane lane in _lanes.Values.Where(lane => lane.IsIdle(now) && !lane.IsInRing && !lane.IsHungry).ToList())
        {
            _lanes.Remove(lane.Destination);
        }

        foreach (string source in _sources.Where(source => source.Value.IsIdle(now)).Select(source => source.Key).ToList())
        {
            _sources.Remove(source);
        }
    }

    private DestinationLane Lane(string destination)
    {
        if (!_lanes.TryGetValue(destination, out DestinationLane? lane))
        {
            _lanes[destination] = lane = new DestinationLane(destination);
        }

        return lane;
    }

    private void Enter(DestinationLane lane)
    {
        if (!lane.IsInRing && lane.Ready.Count > 0)
        {
            lane.IsInRing = true;
            _ring.Enqueue(lane);
        }
    }

    // Out of the ring until it may go again: a full one comes back when a job ends, one that must wait at its time.
    private QueueJob? TakeFrom(DestinationLane lane, QueueOptions settings, DateTimeOffset now)
    {
        if (lane.IsFull(settings) || lane.Ready.Count == 0)
        {
            return null;
        }

        int rate = lane.IsHere ? 0 : settings.DestinationRate;
        DateTimeOffset next = lane.Rate.Next(rate, now);
        QueueJob? job = next > now ? null : lane.Ready.Take(source => Source(source).Next(RateOf(source, settings), now), now, out next);
        if (job is null)
        {
            _sleeping.Enqueue(lane, next);
            return null;
        }

        lane.Rate.Take(rate);
        Source(job.Source).Take(RateOf(job.Source, settings));
        lane.Running++;
        _ready--;
        _running.Add(job, now);
        _started.Enqueue((now, job));
        return job;
    }

    // What the server itself has to say is not limited.
    private static int RateOf(string source, QueueOptions settings) => source.Length == 0 ? 0 : settings.SourceRate;

    private RateLimit Source(string source)
    {
        if (!_sources.TryGetValue(source, out RateLimit? limit))
        {
            _sources[source] = limit = new RateLimit();
        }

        return limit;
    }

    private void NoteSlow(DateTimeOffset now)
    {
        while (_started.TryPeek(out (DateTimeOffset Started, QueueJob Job) oldest) && (oldest.Started + Slow <= now || !_running.ContainsKey(oldest.Job)))
        {
            _started.Dequeue();
            if (_running.ContainsKey(oldest.Job))
            {
                _slow.Add(oldest.Job);
            }
        }
    }

    private void Forget(QueueJob job)
    {
        if (!_known.Remove((job.Id, job.Domain)))
        {
            return;
        }

        int left = _jobsOf[job.Id] - 1;
        if (left == 0)
        {
            _jobsOf.Remove(job.Id);
        }
        else
        {
            _jobsOf[job.Id] = left;
        }
    }
}
