using Microsoft.Extensions.Logging;

namespace PluginMail.Milter;

internal static partial class MilterLog
{
    [LoggerMessage(1, LogLevel.Warning, "milter {Milter} failed in session {Session}, which is answered by \"{Action}\": {Reason}")]
    public static partial void Fault(ILogger logger, string milter, string session, string action, string reason);

    [LoggerMessage(2, LogLevel.Information, "milter {Milter} decided {Decision} about {Transaction}: {Detail}")]
    public static partial void Decided(ILogger logger, string milter, string decision, string transaction, string detail);

    [LoggerMessage(3, LogLevel.Warning, "milter {Milter} asked for a change of {Transaction} that cannot be made: {What}")]
    public static partial void NotDone(ILogger logger, string milter, string transaction, string what);

    [LoggerMessage(4, LogLevel.Debug, "milter {Milter} agreed on version {Version}, actions {Actions}, steps {Steps}")]
    public static partial void Agreed(ILogger logger, string milter, uint version, string actions, string steps);
}
