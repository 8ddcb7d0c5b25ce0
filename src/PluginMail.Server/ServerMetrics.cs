using System.Diagnostics.Metrics;

namespace PluginMail.Server;

/// <summary>What is counted of the server as a whole.</summary>
internal static class ServerMetrics
{
    private const string Name = "PluginMail";
    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Reloads = Meter.CreateCounter<long>(
        "pluginmail.configuration.reloads", "{reload}", "Times that mail.toml was read again, by outcome: applied, partly (the log says what is not in force), refused");

    /// <summary>mail.toml was read again.</summary>
    public static void Reloaded(string outcome) => Reloads.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>Shows how many sessions are open, and which version runs.</summary>
    /// <param name="sessions">The open sessions of each listener.</param>
    /// <returns>Ends it.</returns>
    public static IDisposable Show(Func<IEnumerable<(string Protocol, int Count)>> sessions)
    {
        var meter = new Meter(Name);
        string version = typeof(ServerMetrics).Assembly.GetName().Version!.ToString(3);
        meter.CreateObservableGauge(
            "pluginmail.build.info", () => new Measurement<int>(1, new KeyValuePair<string, object?>("version", version)), null, "1, with the server's version");
        meter.CreateObservableUpDownCounter(
            "pluginmail.sessions.active",
            () => sessions().GroupBy(static listener => listener.Protocol, StringComparer.Ordinal)
                .Select(static all => new Measurement<int>(all.Sum(static listener => listener.Count), new KeyValuePair<string, object?>("protocol", all.Key))),
            "{session}",
            "Open connections of clients, by protocol");
        return meter;
    }
}
