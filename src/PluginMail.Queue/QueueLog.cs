using Microsoft.Extensions.Logging;

namespace PluginMail.Queue;

/// <summary>What the queue logs: one line for each recipient of each attempt.</summary>
internal static partial class QueueLog
{
    [LoggerMessage(1, LogLevel.Information, "{Id}: from=<{From}> to=<{To}> host={Host} tls={Tls} delay={Delay} status={Status} ({Reply})")]
    public static partial void Outcome(
        ILogger log, string id, string from, string to, string host, string tls, string delay, string status, string reply);

    [LoggerMessage(2, LogLevel.Error, "the queue cannot be run now")]
    public static partial void RunFailed(ILogger log, Exception fault);

    [LoggerMessage(3, LogLevel.Error, "{Id}: a queue attempt failed; it is made again later")]
    public static partial void AttemptFailed(ILogger log, string id, Exception fault);

    [LoggerMessage(4, LogLevel.Error, "{Id}: the result of a queue attempt cannot be kept now, it is tried again: {Fault}")]
    public static partial void NotKept(ILogger log, string id, string fault);

    [LoggerMessage(5, LogLevel.Information, "{Id}: {Kind} report {Report} to=<{Sender}> about {Recipients}")]
    public static partial void Reported(ILogger log, string id, string kind, string report, string sender, string recipients);

    [LoggerMessage(6, LogLevel.Warning, "{Id}: from=<{From}> to=<{To}> is given up without a report: {Why} ({Reply})")]
    public static partial void Unreported(ILogger log, string id, string from, string to, string why, string reply);

    [LoggerMessage(7, LogLevel.Warning, "{Id}: held, it can be neither delivered nor reported: {Reply}")]
    public static partial void Held(ILogger log, string id, string reply);

    [LoggerMessage(8, LogLevel.Warning, "destination {Destination} is down; paused until {Until:yyyy-MM-ddTHH:mm:ssK}")]
    public static partial void Paused(ILogger log, string destination, DateTimeOffset until);

    [LoggerMessage(9, LogLevel.Error, "the report about queue entry {Entry} failed; it is made later")]
    public static partial void ReportFailed(ILogger log, long entry, Exception fault);

    [LoggerMessage(10, LogLevel.Warning, "the queue cannot be counted now: {Fault}")]
    public static partial void NotCounted(ILogger log, string fault);

    [LoggerMessage(11, LogLevel.Information, "{Id}: from=<{From}> to=<{To}> status=returned by an administrator ({Reply})")]
    public static partial void Returned(ILogger log, string id, string from, string to, string reply);
}
