using System.Net;
using Microsoft.Extensions.Logging;

namespace PluginMail.Pop3;

/// <summary>What POP3 sessions log.</summary>
internal static partial class Pop3Log
{
    [LoggerMessage(1, LogLevel.Debug, "{Session}: pop3 session with {Remote}")]
    public static partial void Began(ILogger log, string session, IPEndPoint? remote);

    [LoggerMessage(2, LogLevel.Information, "{Session}: pop3 ended: {Reason} user=<{User}> retrieved={Retrieved} removed={Removed}")]
    public static partial void Ended(ILogger log, string session, string reason, string? user, int retrieved, int removed);

    [LoggerMessage(3, LogLevel.Error, "{Session}: fault in {Command}")]
    public static partial void CommandFault(ILogger log, string session, string command, Exception fault);

    [LoggerMessage(4, LogLevel.Warning, "{Session}: {Command}: the store is unavailable: {Reason}")]
    public static partial void StoreUnavailable(ILogger log, string session, string command, string reason);
}
