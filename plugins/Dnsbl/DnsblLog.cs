using Microsoft.Extensions.Logging;

namespace PluginMail.Dnsbl;

internal static partial class DnsblLog
{
    [LoggerMessage(1, LogLevel.Information, "{Id}: {What} {Name} is on {List} ({Reason}, {Points} points)")]
    public static partial void Listed(ILogger logger, string id, string what, string name, string list, string reason, double points);

    [LoggerMessage(2, LogLevel.Warning, "{List} answered {Answer}, which is no answer: this server's resolver may not ask it, or its zone has ended. It counts as silent")]
    public static partial void NotAnswered(ILogger logger, string list, string answer);

    [LoggerMessage(3, LogLevel.Warning, "{List} does not answer: {Reason}. Mail passes without it")]
    public static partial void Silent(ILogger logger, string list, string reason);
}
