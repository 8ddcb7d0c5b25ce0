using System.Diagnostics.Metrics;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>What is counted of messages and logins. Every label has a handful of values: replies are told apart by their class alone.</summary>
internal static class PipelineMetrics
{
    private static readonly Meter Meter = new("PluginMail");

    private static readonly Counter<long> Messages = Meter.CreateCounter<long>(
        "pluginmail.messages",
        "{message}",
        "Messages that came in, by protocol, outcome (accepted, refused, deferred, discarded, held, duplicate) and class of the reply's status");

    private static readonly Counter<long> Recipients = Meter.CreateCounter<long>(
        "pluginmail.recipients", "{recipient}", "Recipients that clients asked for, by protocol, outcome (accepted, refused, deferred) and class of the reply's status");

    private static readonly Histogram<long> Sizes = Meter.CreateHistogram(
        "pluginmail.message.size",
        "By",
        "Octets of accepted messages, by protocol",
        advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20, 64 << 20] });

    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        "pluginmail.message.duration",
        "s",
        "From the end of a message to its reply, by protocol and outcome",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] });

    private static readonly Counter<long> Logins = Meter.CreateCounter<long>(
        "pluginmail.logins", "{login}", "Logins, by protocol, mechanism and outcome (accepted, rejected, malformed, unavailable)");

    /// <summary>Whether somebody wants to know how long messages take.</summary>
    public static bool TimesMessages => Durations.Enabled;

    /// <summary>A message came to its end.</summary>
    public static void Message(string protocol, string outcome, string reason, long octets)
    {
        Messages.Add(1, new("protocol", protocol), new("outcome", outcome), new("reason", reason));
        if (outcome is "accepted" or "held" or "discarded")
        {
            Sizes.Record(octets, new KeyValuePair<string, object?>("protocol", protocol));
        }
    }

    /// <summary>A message was refused or put off by this reply.</summary>
    public static void Message(string protocol, SmtpReply reply, long octets) => Message(protocol, OutcomeOf(reply), ReplyReason.Of(reply), octets);

    /// <summary>How long a message took, where <see cref="TimesMessages"/>.</summary>
    public static void Took(string protocol, SmtpReply reply, TimeSpan time) =>
        Durations.Record(time.TotalSeconds, new("protocol", protocol), new("outcome", OutcomeOf(reply)));

    /// <summary>A recipient was answered; null for one that was accepted.</summary>
    public static void Recipient(string protocol, SmtpReply? refusal) => Recipients.Add(
        1,
        new("protocol", protocol),
        new("outcome", refusal is null ? "accepted" : OutcomeOf(refusal)),
        new("reason", refusal is null ? "none" : ReplyReason.Of(refusal)));

    /// <summary>A login ended.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="mechanism">A mechanism that the server knows.</param>
    /// <param name="outcome">How.</param>
    public static void Login(string protocol, string mechanism, string outcome) =>
        Logins.Add(1, new("protocol", protocol), new("mechanism", mechanism), new("outcome", outcome));

    private static string OutcomeOf(SmtpReply reply) => reply.Code < 400 ? "accepted" : reply.IsTransient ? "deferred" : "refused";
}
