using System.Diagnostics.Metrics;

namespace PluginMail.Milter;

/// <summary>What is counted.</summary>
internal sealed class MilterFigures(Meter meter)
{
    private readonly Counter<long> _replies = meter.CreateCounter<long>("replies", "{reply}", "Answers of milters, by milter, command and answer");
    private readonly Counter<long> _changes = meter.CreateCounter<long>("changes", "{change}", "Changes that milters made to messages, by milter");
    private readonly Counter<long> _faults = meter.CreateCounter<long>("faults", "{fault}", "Milters that failed, by milter");

    public void Reply(string server, byte command, string reply) => _replies.Add(
        1, new KeyValuePair<string, object?>("milter", server), new KeyValuePair<string, object?>("command", ((char)command).ToString()), new KeyValuePair<string, object?>("reply", reply));

    public void Changes(string server, int count) => _changes.Add(count, new KeyValuePair<string, object?>("milter", server));

    public void Fault(string server) => _faults.Add(1, new KeyValuePair<string, object?>("milter", server));
}
