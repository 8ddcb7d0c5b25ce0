using Microsoft.Extensions.Logging;

namespace PluginMail.Collector;

internal static partial class CollectorLog
{
    [LoggerMessage(1, LogLevel.Information, "{Account}: {Collected} messages collected, {Deleted} deleted over there, {Waiting} left for later")]
    public static partial void Visited(ILogger logger, string account, long collected, long deleted, long waiting);

    [LoggerMessage(2, LogLevel.Warning, "{Account}: {Reason}; next visit in {Pause}")]
    public static partial void Failed(ILogger logger, string account, string reason, TimeSpan pause);

    [LoggerMessage(3, LogLevel.Warning, "{Account}: message {Id} of {Box} is not taken: {Reason}; tried again from {RetryAt:u}")]
    public static partial void NotTaken(ILogger logger, string account, string id, string box, string reason, DateTimeOffset retryAt);

    [LoggerMessage(4, LogLevel.Warning, "{Account}: message {Id} of {Box} was collected before and came back; it is left there")]
    public static partial void Returned(ILogger logger, string account, string id, string box);

    [LoggerMessage(5, LogLevel.Information, "{Account}: messages of {Box} have other names there, or came back; {Recognized} of {Count} are known by their headers")]
    public static partial void Renumbered(ILogger logger, string account, string box, int recognized, int count);

    [LoggerMessage(6, LogLevel.Warning, "{Account}: {Problem}")]
    public static partial void FolderLeftOut(ILogger logger, string account, string problem);

    [LoggerMessage(7, LogLevel.Debug, "{Account}: message {Id} of {Box} for {Recipient}: {Result}")]
    public static partial void Submitted(ILogger logger, string account, string id, string box, string recipient, string result);

    [LoggerMessage(8, LogLevel.Error, "{Account}: a fault")]
    public static partial void Fault(ILogger logger, Exception exception, string account);
}
