using System.Diagnostics.Metrics;

namespace PluginMail.Collector;

/// <summary>What is counted.</summary>
internal sealed class CollectorMetrics(Meter meter)
{
    private readonly Counter<long> _messages = meter.CreateCounter<long>("messages", "{message}", "Messages fetched, by account and result");
    private readonly Counter<long> _octets = meter.CreateCounter<long>("octets", "By", "Octets of messages fetched, by account");
    private readonly Counter<long> _visits = meter.CreateCounter<long>("visits", "{visit}", "Sessions with accounts' servers, by account and result");
    private readonly Histogram<double> _durations = meter.CreateHistogram<double>("visit.duration", "s", "Time that a session took, by account");

    /// <summary>A message was fetched.</summary>
    public void Message(string account, string result, long octets)
    {
        _messages.Add(1, new KeyValuePair<string, object?>("account", account), new KeyValuePair<string, object?>("result", result));
        _octets.Add(octets, new KeyValuePair<string, object?>("account", account));
    }

    /// <summary>A session ended.</summary>
    public void Visit(string account, bool isGood, TimeSpan duration)
    {
        var name = new KeyValuePair<string, object?>("account", account);
        _visits.Add(1, name, new KeyValuePair<string, object?>("result", isGood ? "done" : "failed"));
        _durations.Record(duration.TotalSeconds, name);
    }
}
