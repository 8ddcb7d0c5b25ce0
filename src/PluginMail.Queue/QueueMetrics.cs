using System.Diagnostics.Metrics;
using PluginMail.Abstractions;
using PluginMail.Pipeline;

namespace PluginMail.Queue;

/// <summary>What is counted of the queue's attempts.</summary>
internal static class QueueMetrics
{
    /// <summary>The name of the server's meter.</summary>
    internal const string MeterName = "PluginMail";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>(
        "pluginmail.queue.attempts",
        "{recipient}",
        "Attempts for recipients, by destination (local, remote), outcome (sent, deferred, bounced) and class of the reply's status");

    private static readonly Histogram<double> Delays = Meter.CreateHistogram(
        "pluginmail.queue.delay",
        "s",
        "From a message's arrival to the end of its recipient, by outcome: sent, bounced",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400, 432_000] });

    /// <summary>An attempt for a recipient ended.</summary>
    public static void Attempt(bool isHere, string outcome, SmtpReply reply, TimeSpan since)
    {
        Attempts.Add(1, new("destination", isHere ? "local" : "remote"), new("outcome", outcome), new("reason", ReplyReason.Of(reply)));
        if (outcome != "deferred")
        {
            Delays.Record(since.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
        }
    }
}
