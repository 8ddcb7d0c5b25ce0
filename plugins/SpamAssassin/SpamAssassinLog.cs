using Microsoft.Extensions.Logging;

namespace PluginMail.SpamAssassin;

internal static partial class SpamAssassinLog
{
    [LoggerMessage(1, LogLevel.Information, "{Transaction}: {Score} of {Threshold} points ({Symbols})")]
    public static partial void Scored(ILogger logger, string transaction, double score, double threshold, string symbols);

    [LoggerMessage(2, LogLevel.Information, "{Transaction} was not scanned: {Reason}")]
    public static partial void NotScanned(ILogger logger, string transaction, string reason);
}
