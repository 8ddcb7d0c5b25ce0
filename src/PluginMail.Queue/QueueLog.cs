using Microsoft.Extensions.Logging;

namespace PluginMail.Queue;

/// <summary>What the queue logs.</summary>
internal static partial class QueueLog
{
    [LoggerMessage(1, LogLevel.Information, "{Id}: queue attempt: delivered={Delivered} waiting={Waiting}: {Reply}")]
    public static partial void Attempt(ILogger log, string id, int delivered, int waiting, string reply);

    [LoggerMessage(2, LogLevel.Error, "the queue cannot be run now")]
    public static partial void RunFailed(ILogger log, Exception fault);

    [LoggerMessage(3, LogLevel.Error, "{Id}: a queue attempt failed; it is made again later")]
    public static partial void AttemptFailed(ILogger log, string id, Exception fault);
}
