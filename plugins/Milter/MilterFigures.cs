using System.Diagnostics.Metrics;

namespace PluginMail.Milter;

/// <summary>What is counted and measured.</summary>
/// <param name="meter">Gets it.</param>
/// <param name="clock">Measures time.</param>
internal sealed class MilterFigures(Meter meter, TimeProvider clock)
{
    private readonly Counter<long> _replies = meter.CreateCounter<long>("replies", "{reply}", "Answers of milters, by milter, command and answer");
    private readonly Counter<long> _changes = meter.CreateCounter<long>("changes", "{change}", "Changes that milters made to messages, by milter");
    private readonly Counter<long> _faults = meter.CreateCounter<long>("faults", "{fault}", "Milters that failed, by milter");

    private readonly Histogram<double> _durations = meter.CreateHistogram<double>(
        "request.duration", "s", "Time that a milter took to answer, by milter and command");

    /// <summary>Now, for <see cref="Answered"/>.</summary>
    public long Now => clock.GetTimestamp();

    /// <summary>Counts an answer to a step, and how long it took.</summary>
    /// <param name="server">The milter.</param>
    /// <param name="command">The step.</param>
    /// <param name="reply">What it answered.</param>
    /// <param name="since">When it was told of the step.</param>
    public void Reply(string server, byte command, string reply, long since)
    {
        _replies.Add(
            1,
            new KeyValuePair<string, object?>("milter", server),
            new KeyValuePair<string, object?>("command", Letter(command)),
            new KeyValuePair<string, object?>("reply", reply));
        Answered(server, command, since);
    }

    /// <summary>Measures how long an answer took, the signs of progress before it included.</summary>
    /// <inheritdoc cref="Reply"/>
    public void Answered(string server, byte command, long since) => _durations.Record(
        clock.GetElapsedTime(since).TotalSeconds,
        new KeyValuePair<string, object?>("milter", server),
        new KeyValuePair<string, object?>("command", Letter(command)));

    public void Changes(string server, int count) => _changes.Add(count, new KeyValuePair<string, object?>("milter", server));

    public void Fault(string server) => _faults.Add(1, new KeyValuePair<string, object?>("milter", server));

    private static string Letter(byte command) => ((char)command).ToString();
}
