using System.Diagnostics.Metrics;

namespace PluginMail.Imap;

/// <summary>What is counted of commands. Verbs are those of the table; all others are one.</summary>
internal static class ImapMetrics
{
    private static readonly Meter Meter = new("PluginMail");

    private static readonly Counter<long> Commands = Meter.CreateCounter<long>(
        "pluginmail.imap.commands", "{command}", "IMAP commands, by verb (unknown for what is none) and condition: OK, NO, BAD");

    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        "pluginmail.imap.command.duration",
        "s",
        "Time that IMAP commands took, by verb; IDLE is not among them",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] });

    /// <summary>Whether somebody wants to know how long commands take.</summary>
    public static bool TimesCommands => Durations.Enabled;

    /// <summary>A command ended.</summary>
    public static void Command(Verb? verb, Completion completion) =>
        Commands.Add(1, new("verb", verb?.Name ?? "unknown"), new("condition", completion.Condition));

    /// <summary>How long it took, where <see cref="TimesCommands"/>.</summary>
    public static void Took(Verb verb, TimeSpan time)
    {
        if (verb.Name != "IDLE")
        {
            Durations.Record(time.TotalSeconds, new KeyValuePair<string, object?>("verb", verb.Name));
        }
    }
}
