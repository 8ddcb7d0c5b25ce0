namespace PluginMail.Queue;

/// <summary>One destination: what may start, what runs, whether it is paused. A new one begins slowly; each message it takes lets one more run.</summary>
internal sealed class DestinationLane(string destination)
{
    private const int FirstParallelism = 2;

    private int _limit = FirstParallelism;
    private int _failures;

    public string Destination { get; } = destination;

    /// <summary>Whether this server itself is the destination.</summary>
    public bool IsHere => Destination.Length == 0;

    public ReadyJobs Ready { get; } = new();

    public RateLimit Rate { get; } = new();

    /// <summary>Domains of which the store may have more that is due than lies in <see cref="Ready"/>.</summary>
    public Queue<string> More { get; } = new();

    public int Running { get; set; }

    public DateTimeOffset PausedUntil { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Whether it stands in the ring of those that may start something.</summary>
    public bool IsInRing { get; set; }

    /// <summary>Whether it stands among those that want more from the store.</summary>
    public bool IsHungry { get; set; }

    /// <summary>Whether it took a message since it was last down.</summary>
    public bool IsProven { get; private set; }

    /// <summary>Whether nothing would be lost by forgetting it.</summary>
    public bool IsIdle(DateTimeOffset now) =>
        Running == 0 && Ready.Count == 0 && More.Count == 0 && _failures == 0 && PausedUntil <= now && Rate.IsIdle(now);

    public bool IsPaused(DateTimeOffset now) => PausedUntil > now;

    public bool IsFull(QueueOptions options) => Running >= Limit(options);

    /// <summary>Takes what an attempt showed; one that was begun before the last pause ended says nothing new when it fails.</summary>
    /// <returns>Whether the destination is paused by it.</returns>
    public bool Note(DestinationHealth health, DateTimeOffset started, QueueOptions options, DateTimeOffset now)
    {
        switch (health)
        {
            case DestinationHealth.Down when !IsPaused(now) && started >= PausedUntil:
                // One that was up is paused a little; each probe that fails doubles the pause.
                double factor = Math.Pow(2, Math.Min(_failures++, 30));
                PausedUntil = now + TimeSpan.FromTicks((long)Math.Min(options.MinimumPause.Ticks * factor, options.MaximumPause.Ticks));
                (_limit, IsProven) = (1, false);
                return true;
            case DestinationHealth.Accepting:
                _limit = _failures > 0 ? FirstParallelism : Math.Min(_limit + 1, options.DestinationParallelism);
                (_failures, IsProven) = (0, true);
                return false;
            case DestinationHealth.Up:
                _limit = Math.Max(_limit, FirstParallelism);
                _failures = 0;
                return false;
            default:
                return false;
        }
    }

    /// <summary>Ends a pause, as a person asks.</summary>
    public void Resume() => PausedUntil = DateTimeOffset.MinValue; // a probe that fails pauses it again

    private int Limit(QueueOptions options) =>
        IsHere ? options.Parallelism : Math.Max(1, Math.Min(_limit, options.DestinationParallelism));
}
