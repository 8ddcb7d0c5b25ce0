using Microsoft.Extensions.Logging;

namespace PluginMail.Daemons;

internal static partial class DaemonLog
{
    [LoggerMessage(101, LogLevel.Warning, "{Address} is unavailable: {Reason}")]
    public static partial void Unavailable(ILogger logger, string address, string reason);

    [LoggerMessage(102, LogLevel.Debug, "{Address} is still unavailable: {Reason}")]
    public static partial void StillUnavailable(ILogger logger, string address, string reason);

    [LoggerMessage(103, LogLevel.Information, "{Address} answers again")]
    public static partial void Back(ILogger logger, string address);

    [LoggerMessage(104, LogLevel.Information, "{Address} works, but did not do this: {Reason}")]
    public static partial void Declined(ILogger logger, string address, string reason);

    [LoggerMessage(105, LogLevel.Information, "{Address} took a request: {Reason}. It is asked again")]
    public static partial void Late(ILogger logger, string address, string reason);
}
