using Microsoft.Extensions.Logging;

namespace PluginMail.Icap;

internal static partial class IcapLog
{
    [LoggerMessage(2, LogLevel.Warning, "virus {Virus} in {Transaction} ({Direction})")]
    public static partial void Found(ILogger logger, string virus, string transaction, string direction);

    [LoggerMessage(3, LogLevel.Information, "{Transaction} was not scanned: {Reason}")]
    public static partial void NotScanned(ILogger logger, string transaction, string reason);
}
