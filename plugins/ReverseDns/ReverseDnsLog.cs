using System.Net;
using Microsoft.Extensions.Logging;

namespace PluginMail.ReverseDns;

internal static partial class ReverseDnsLog
{
    [LoggerMessage(1, LogLevel.Information, "{Session}: {Client}: {Reason} ({Outcome}): {Text}")]
    public static partial void Found(ILogger logger, string session, IPAddress client, string reason, string outcome, string text);

    [LoggerMessage(2, LogLevel.Information, "{Session}: {Client}: DNS could not say all that was asked")]
    public static partial void Unsaid(ILogger logger, string session, IPAddress client);
}
