using System.Diagnostics.Metrics;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Delivery;

/// <summary>What is counted of deliveries and filters.</summary>
internal static class DeliveryMetrics
{
    private static readonly Meter Meter = new("PluginMail");

    private static readonly Counter<long> Copies = Meter.CreateCounter<long>(
        "pluginmail.deliveries", "{copy}", "Copies for mailboxes here, by outcome: delivered, over_quota, no_folder, dropped");

    private static readonly Histogram<double> Filters = Meter.CreateHistogram(
        "pluginmail.filter.duration",
        "s",
        "Runs of mailboxes' filters, by direction and outcome: ok, error",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] });

    public static void Copied(string outcome) => Copies.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public static void Filtered(MailDirection direction, bool isError, TimeSpan time) => Filters.Record(
        time.TotalSeconds,
        new("direction", direction == MailDirection.Incoming ? "incoming" : "outgoing"),
        new("outcome", isError ? "error" : "ok"));
}
