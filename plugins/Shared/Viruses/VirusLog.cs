using Microsoft.Extensions.Logging;

namespace PluginMail.Viruses;

internal static partial class VirusLog
{
    [LoggerMessage(121, LogLevel.Warning, "virus {Virus} in {Transaction} ({Direction})")]
    public static partial void Found(ILogger logger, string virus, string transaction, string direction);

    [LoggerMessage(122, LogLevel.Information, "{Transaction} was not scanned: {Reason}")]
    public static partial void NotScanned(ILogger logger, string transaction, string reason);
}
