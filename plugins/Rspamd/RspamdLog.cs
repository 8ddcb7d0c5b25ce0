using Microsoft.Extensions.Logging;

namespace PluginMail.Rspamd;

internal static partial class RspamdLog
{
    [LoggerMessage(1, LogLevel.Information, "{Transaction}: {Action}, {Score} of {Required} points ({Symbols})")]
    public static partial void Judged(ILogger logger, string transaction, string action, double score, double required, string symbols);

    [LoggerMessage(2, LogLevel.Information, "{Transaction} was not scanned: {Reason}")]
    public static partial void NotScanned(ILogger logger, string transaction, string reason);
}
