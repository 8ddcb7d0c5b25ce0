using PluginMail.Configuration.Settings;

namespace PluginMail.Configuration.Options;

/// <summary>Table <c>[queue]</c>.</summary>
public sealed record QueueOptions
{
    /// <summary>
    /// <c>retry</c>: waits between attempts, the last one again and again. Default none: they double from <c>minimum_wait</c>, default
    /// <c>"5m"</c>, to <c>maximum_wait</c>, default <c>"4h"</c> (RFC 5321 4.5.4.1: two tries in the first hour).
    /// </summary>
    public IReadOnlyList<TimeSpan> Retry { get; init; } = Doubling(TimeSpan.FromMinutes(5), TimeSpan.FromHours(4));

    /// <summary><c>warn_after</c>: when the sender is told that a message is late, up to 30 days; 0 for never. Default <c>"4h"</c>.</summary>
    public TimeSpan WarnAfter { get; init; } = TimeSpan.FromHours(4);

    /// <summary><c>bounce_after</c>: when a message is given back (RFC 5321 4.5.4.1: 4 to 5 days), from 1 minute to 30 days. Default <c>"5d"</c>.</summary>
    public TimeSpan BounceAfter { get; init; } = TimeSpan.FromDays(5);

    /// <summary>
    /// <c>bounce_size</c>: the largest message that is given back whole where the sender asks for it (RFC 3461 4.3), up to 50 MiB; of larger ones the
    /// header is; 0 for the header always. Default 50,000 octets.
    /// </summary>
    public long BounceSize { get; init; } = 50_000;

    /// <summary><c>parallelism</c>: deliveries under way at once. Default 100.</summary>
    public int Parallelism { get; init; } = 100;

    /// <summary><c>destination_parallelism</c>: of those, for one destination. Default 20.</summary>
    public int DestinationParallelism { get; init; } = 20;

    /// <summary><c>destination_rate</c>: deliveries a minute for one destination; 0 for no limit. Default 0.</summary>
    public int DestinationRate { get; init; }

    /// <summary><c>source_rate</c>: deliveries a minute for one account, or one address of a client; 0 for no limit. Default 0.</summary>
    public int SourceRate { get; init; }

    /// <summary><c>minimum_pause</c>: for how long nothing is sent to a destination that is down; it doubles each time. Default <c>"1m"</c>.</summary>
    public TimeSpan MinimumPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary><c>maximum_pause</c>: where that ends. Default <c>"1h"</c>.</summary>
    public TimeSpan MaximumPause { get; init; } = TimeSpan.FromHours(1);

    internal static QueueOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("queue");
        var defaults = new QueueOptions();
        var second = TimeSpan.FromSeconds(1);
        var options = new QueueOptions
        {
            Retry = ReadRetry(table),
            WarnAfter = table.GetDuration("warn_after", defaults.WarnAfter, TimeSpan.Zero, TimeSpan.FromDays(30)),
            BounceAfter = table.GetDuration("bounce_after", defaults.BounceAfter, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30)),
            BounceSize = table.GetSize("bounce_size", defaults.BounceSize, 0, 50L << 20),
            Parallelism = (int)table.GetInteger("parallelism", defaults.Parallelism, 1, 1000),
            DestinationParallelism = (int)table.GetInteger("destination_parallelism", defaults.DestinationParallelism, 1, 1000),
            DestinationRate = (int)table.GetInteger("destination_rate", 0, 0, 1_000_000),
            SourceRate = (int)table.GetInteger("source_rate", 0, 0, 1_000_000),
            MinimumPause = table.GetDuration("minimum_pause", defaults.MinimumPause, second, TimeSpan.FromDays(1)),
            MaximumPause = table.GetDuration("maximum_pause", defaults.MaximumPause, second, TimeSpan.FromDays(1)),
        };
        if (options.MaximumPause < options.MinimumPause)
        {
            table.Reject("maximum_pause", "at least minimum_pause");
        }

        return options;
    }

    private static List<TimeSpan> Doubling(TimeSpan first, TimeSpan last)
    {
        var waits = new List<TimeSpan>();
        for (TimeSpan wait = first; wait < last; wait *= 2)
        {
            waits.Add(wait);
        }

        waits.Add(last);
        return waits;
    }

    private static List<TimeSpan> ReadRetry(TomlSettings table)
    {
        const int most = 50;
        var longest = TimeSpan.FromDays(7);
        var first = table.GetDuration("minimum_wait", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(1), longest);
        var last = table.GetDuration("maximum_wait", TimeSpan.FromHours(4), TimeSpan.FromSeconds(1), longest);
        if (last < first)
        {
            table.Reject("maximum_wait", "at least minimum_wait");
        }

        var texts = table.GetStrings("retry", []);
        if (texts.Count == 0)
        {
            return Doubling(first, last);
        }

        if (texts.Count > most)
        {
            table.Reject("retry", $"up to {most} durations");
        }

        var waits = new List<TimeSpan>();
        for (int i = 0; i < Math.Min(texts.Count, most); i++)
        {
            if (Quantities.TryDuration(texts[i], out var wait) && wait >= TimeSpan.FromSeconds(1) && wait <= longest)
            {
                waits.Add(wait);
            }
            else
            {
                table.RejectItem("retry", i, "a duration from 1s to 7d");
            }
        }

        return waits;
    }
}
