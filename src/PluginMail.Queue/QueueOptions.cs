namespace PluginMail.Queue;

/// <summary>How the queue tries.</summary>
/// <param name="Hostname">The server's name, for reports.</param>
/// <param name="Retry">Waits between attempts, at least one; the last one repeats.</param>
/// <param name="Expiry">How long a message is tried before it is reported as failed (RFC 5321 section 4.5.4.1).</param>
/// <param name="Parallelism">Attempts at one time; those that are slow to be answered are not counted, up to four times as many.</param>
public sealed record QueueOptions(string Hostname, IReadOnlyList<TimeSpan> Retry, TimeSpan Expiry, int Parallelism)
{
    /// <summary>After which time the sender is told that a message is late; zero for never.</summary>
    public TimeSpan WarnAfter { get; init; }

    /// <summary>Octets of the largest message that a report returns whole, where the sender asked for it; of larger ones the header; 0 for the header always.</summary>
    public long LargestReturned { get; init; } = 50_000;

    /// <summary>Attempts at one time for one destination, once it has shown that it takes mail.</summary>
    public int DestinationParallelism { get; init; } = 20;

    /// <summary>Attempts a minute for one destination; 0 for no limit.</summary>
    public int DestinationRate { get; init; }

    /// <summary>Attempts a minute for one source; 0 for no limit.</summary>
    public int SourceRate { get; init; }

    /// <summary>The first pause of a destination that is down; it doubles each time.</summary>
    public TimeSpan MinimumPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest pause of a destination that is down.</summary>
    public TimeSpan MaximumPause { get; init; } = TimeSpan.FromHours(1);
}
