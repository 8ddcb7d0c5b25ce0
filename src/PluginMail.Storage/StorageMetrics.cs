using System.Diagnostics.Metrics;

namespace PluginMail.Storage;

/// <summary>What is counted of commits, and how large the files are.</summary>
internal static class StorageMetrics
{
    private const string Name = "PluginMail";
    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<int> Requests = Meter.CreateHistogram(
        "pluginmail.store.commit.requests",
        "{request}",
        "Requests that one commit carried",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] });

    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        "pluginmail.store.commit.duration",
        "s",
        "Time of a commit to its last sync, by outcome: ok, failed",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5] });

    /// <summary>Whether somebody wants to know how long commits take.</summary>
    public static bool IsWanted => Durations.Enabled || Requests.Enabled;

    public static void Committed(int requests, bool isOk, TimeSpan time)
    {
        Requests.Record(requests);
        Durations.Record(time.TotalSeconds, new KeyValuePair<string, object?>("outcome", isOk ? "ok" : "failed"));
    }

    /// <summary>Shows the files of a store, looked at when somebody asks.</summary>
    /// <returns>Ends it.</returns>
    public static IDisposable Show(StoreLayout layout)
    {
        var meter = new Meter(Name);
        meter.CreateObservableGauge("pluginmail.store.packs", () => layout.Segments().Count(), "{file}", "Segments of the packs that hold messages");
        meter.CreateObservableGauge(
            "pluginmail.store.packs.size", () => layout.Segments().Sum(number => LengthOf(layout.Segment(number))), "By", "Octets of all segments of the packs");
        meter.CreateObservableGauge(
            "pluginmail.store.database.size", () => LengthOf(layout.Database), "By", "Octets of the database of accounts, mailboxes and the queue");
        return meter;
    }

    // A segment that is reclaimed at this moment has no length.
    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
