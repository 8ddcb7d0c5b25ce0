using Microsoft.Extensions.Logging;

namespace PluginMail.Plugins;

internal static partial class PluginsLog
{
    [LoggerMessage(1, LogLevel.Information, "Plugin {Plugin}: version {Generation} ({Version}) from {Folder} serves after {Milliseconds} ms")]
    public static partial void Serves(ILogger logger, string plugin, int generation, string version, string folder, long milliseconds);

    [LoggerMessage(2, LogLevel.Error, "Plugin {Plugin}: cannot be used, the version before goes on serving: {Error}")]
    public static partial void KeepsOld(ILogger logger, string plugin, string error);

    [LoggerMessage(3, LogLevel.Error, "Plugin {Plugin}: cannot be used, and no version serves: {Error}")]
    public static partial void NotLoaded(ILogger logger, string plugin, string error);

    [LoggerMessage(4, LogLevel.Warning, "Plugin {Plugin}: fault in {Fault} ({Silent} more not logged)")]
    public static partial void Fault(ILogger logger, string plugin, string fault, long silent, Exception? trace);

    [LoggerMessage(5, LogLevel.Warning, "Plugin {Plugin}: a call of its {Role} blocked its thread for {Milliseconds} ms; it runs on workers of its own from now on")]
    public static partial void Blocks(ILogger logger, string plugin, string role, long milliseconds);

    [LoggerMessage(6, LogLevel.Warning, "Plugin {Plugin}: background work did not stop: {Fault}")]
    public static partial void BackgroundDidNotStop(ILogger logger, string plugin, string fault);

    [LoggerMessage(7, LogLevel.Error, "Plugin {Plugin}: scheduled work failed")]
    public static partial void ScheduledFault(ILogger logger, string plugin, Exception trace);

    [LoggerMessage(8, LogLevel.Error, "Plugin {Plugin}: a background service failed and starts again in {Seconds} s")]
    public static partial void BackgroundFault(ILogger logger, string plugin, long seconds, Exception trace);

    [LoggerMessage(9, LogLevel.Information, "Plugin {Plugin}: version {Generation} left memory after {Milliseconds} ms")]
    public static partial void Unloaded(ILogger logger, string plugin, int generation, long milliseconds);

    [LoggerMessage(10, LogLevel.Warning, "Plugin {Plugin}: version {Generation} is still in memory: something refers to it")]
    public static partial void Leak(ILogger logger, string plugin, int generation);

    [LoggerMessage(11, LogLevel.Warning, "Plugin {Plugin}: version {Generation} is stopped although calls or sessions still use it")]
    public static partial void NotDrained(ILogger logger, string plugin, int generation);

    [LoggerMessage(12, LogLevel.Warning, "Plugin {Plugin}: version {Generation} did not stop cleanly: {Fault}")]
    public static partial void NotClosed(ILogger logger, string plugin, int generation, string fault);

    [LoggerMessage(13, LogLevel.Information, "Plugin {Plugin}: retired")]
    public static partial void Retired(ILogger logger, string plugin);

    [LoggerMessage(14, LogLevel.Warning, "Changes of plugin folders were lost; all are looked at again: {Fault}")]
    public static partial void WatcherLost(ILogger logger, string fault);

    [LoggerMessage(15, LogLevel.Error, "Plugin {Plugin}: its folder could not be looked at")]
    public static partial void LookFailed(ILogger logger, string plugin, Exception trace);

    [LoggerMessage(17, LogLevel.Warning, "Plugin {Plugin}: its {Role} is switched off after {Faults} faults in a row, for {Seconds} s: {Answer} is answered instead. Last: {Fault}")]
    public static partial void SwitchedOff(ILogger logger, string plugin, string role, int faults, long seconds, OnFault answer, string fault);

    [LoggerMessage(18, LogLevel.Information, "Plugin {Plugin}: its {Role} answers again and is switched on")]
    public static partial void SwitchedOn(ILogger logger, string plugin, string role);

    [LoggerMessage(19, LogLevel.Warning, "Plugin {Plugin}: version {Generation} could not be compiled before it serves: {Fault}")]
    public static partial void NotCompiled(ILogger logger, string plugin, int generation, string fault);

    [LoggerMessage(20, LogLevel.Error, "Plugin {Plugin}: {Fault}; what serves goes on, and the folder is looked at again now and then")]
    public static partial void Unreadable(ILogger logger, string plugin, string fault);

    [LoggerMessage(16, LogLevel.Error, "Folder {Folder} is not watched, its plugins reload only when they are told to: {Fault}")]
    public static partial void NotWatched(ILogger logger, string folder, string fault);
}
