using System.Diagnostics.Metrics;

namespace PluginMail.SmtpClient;

/// <summary>What is counted of connections to other servers.</summary>
internal static class SmtpClientMetrics
{
    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
    private static readonly Meter Meter = new("PluginMail");

    private static readonly Counter<long> Connections = Meter.CreateCounter<long>(
        "pluginmail.outbound.connections", "{connection}", "Connections to other servers that messages were to take, by outcome: opened, reused, failed; and tls: yes, no");

    private static readonly Histogram<double> ConnectTimes = Meter.CreateHistogram(
        "pluginmail.outbound.connect.duration",
        "s",
        "From the first packet to another server until MAIL may be said, by outcome: opened, failed",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    private static readonly Histogram<double> TransactionTimes = Meter.CreateHistogram(
        "pluginmail.outbound.transaction.duration",
        "s",
        "From MAIL to another server's last reply",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    public static void Connected(string outcome, bool isEncrypted) =>
        Connections.Add(1, new("outcome", outcome), new("tls", isEncrypted ? "yes" : "no"));

    public static void ConnectTook(bool isOpen, TimeSpan time) =>
        ConnectTimes.Record(time.TotalSeconds, new KeyValuePair<string, object?>("outcome", isOpen ? "opened" : "failed"));

    public static void TransactionTook(TimeSpan time) => TransactionTimes.Record(time.TotalSeconds);
}
