using Microsoft.Extensions.Logging;

namespace PluginMail.Greylist;

internal static partial class GreylistLog
{
    [LoggerMessage(1, LogLevel.Information, "{Session}: {Origin} came again for {Recipient} after {Waited} and passes")]
    public static partial void Passed(ILogger logger, string session, Origin origin, string recipient, TimeSpan waited);

    [LoggerMessage(2, LogLevel.Information, "{Session}: {Origin} has come again {Times} times and waits no longer")]
    public static partial void ClientPassed(ILogger logger, string session, string origin, int times);
}
