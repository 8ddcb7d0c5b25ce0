using PluginMail.Configuration.Settings;

namespace PluginMail.Configuration.Options;

/// <summary>Table <c>[queue]</c>. <c>warn_after</c> is refused by this version.</summary>
public sealed record QueueOptions
{
    /// <summary>
    /// <c>retry</c>: waits between attempts, the last one again and again (RFC 5321 4.5.4.1: 30 minutes, two tries in the first hour).
    /// Default <c>["5m", "15m", "30m", "1h", "2h", "4h"]</c>.
    /// </summary>
    public IReadOnlyList<TimeSpan> Retry { get; init; } =
    [
        TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4),
    ];

    /// <summary><c>bounce_after</c>: when a message is given back (RFC 5321 4.5.4.1: 4 to 5 days), from 1 minute to 30 days. Default <c>"5d"</c>.</summary>
    public TimeSpan BounceAfter { get; init; } = TimeSpan.FromDays(5);

    /// <summary><c>parallelism</c>: deliveries under way at once. Default 20.</summary>
    public int Parallelism { get; init; } = 20;

    internal static QueueOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("queue");
        var defaults = new QueueOptions();
        var options = new QueueOptions
        {
            Retry = ReadRetry(table, defaults),
            BounceAfter = table.GetDuration("bounce_after", defaults.BounceAfter, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30)),
            Parallelism = (int)table.GetInteger("parallelism", defaults.Parallelism, 1, 1000),
        };
        if (table.GetDuration("warn_after", TimeSpan.Zero) > TimeSpan.Zero)
        {
            table.RejectUnsupported("warn_after");
        }

        return options;
    }

    private static IReadOnlyList<TimeSpan> ReadRetry(TomlSettings table, QueueOptions defaults)
    {
        const int most = 50;
        var texts = table.GetStrings("retry", []);
        if (!table.Contains("retry"))
        {
            return defaults.Retry;
        }

        if (texts.Count is 0 or > most)
        {
            table.Reject("retry", $"1 to {most} durations");
        }

        var waits = new List<TimeSpan>();
        for (int i = 0; i < Math.Min(texts.Count, most); i++)
        {
            if (Quantities.TryDuration(texts[i], out var wait) && wait >= TimeSpan.FromSeconds(1) && wait <= TimeSpan.FromDays(7))
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
