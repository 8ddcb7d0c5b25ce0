using System.Net;
using Microsoft.Extensions.Logging;

namespace PluginMail.Dns;

/// <summary>What the resolver logs.</summary>
internal static partial class DnsLog
{
    [LoggerMessage(1, LogLevel.Warning, "name server {Server} does not answer; others are asked first for {Wait}")]
    public static partial void ServerAvoided(ILogger log, IPEndPoint server, TimeSpan wait);

    [LoggerMessage(2, LogLevel.Information, "name server {Server} answers again")]
    public static partial void ServerAnswersAgain(ILogger log, IPEndPoint server);

    [LoggerMessage(3, LogLevel.Information, "name servers: {Servers}")]
    public static partial void Servers(ILogger log, string servers);

    [LoggerMessage(4, LogLevel.Information, "no answer for {Name} {Type}: {Reason}")]
    public static partial void NoAnswer(ILogger log, string name, string type, string reason);

    [LoggerMessage(5, LogLevel.Error, "look-up of {Name} {Type} ended by a fault of the server")]
    public static partial void Fault(ILogger log, string name, string type, Exception fault);
}
