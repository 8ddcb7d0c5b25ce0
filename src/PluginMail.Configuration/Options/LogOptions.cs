using Microsoft.Extensions.Logging;

namespace PluginMail.Configuration.Options;

/// <summary>Table <c>[log]</c>: what is written down. Levels are trace, debug, information, warning, error, critical and none.</summary>
public sealed record LogOptions
{
    /// <summary><c>level</c>: the least level written. Default <c>"information"</c>.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;

    /// <summary><c>levels</c>: levels of single categories and all below them: <c>{ smtp = "debug" }</c>. Default none.</summary>
    public IReadOnlyDictionary<string, LogLevel> Levels { get; init; } = new Dictionary<string, LogLevel>(StringComparer.Ordinal);

    /// <summary><c>console</c>: whether the log goes to standard error. Default true.</summary>
    public bool Console { get; init; } = true;

    /// <summary><c>file</c>: a file that the log goes to, a new one each day. Default empty: none.</summary>
    public string File { get; init; } = "";

    /// <summary><c>file_days</c>: log files kept, one a day. Default 14.</summary>
    public int FileDays { get; init; } = 14;

    /// <summary><c>trace_days</c>: days that decision traces, which <c>pluginmail explain</c> reads, are kept; 0 writes none. Default 14.</summary>
    public int TraceDays { get; init; } = 14;

    internal static LogOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("log");
        var defaults = new LogOptions();
        var categories = table.GetTable("levels");
        return new LogOptions
        {
            Level = table.GetEnum("level", defaults.Level),
            Levels = categories.Keys.ToDictionary(static c => c, c => categories.GetEnum(c, defaults.Level), StringComparer.Ordinal),
            Console = table.GetBoolean("console", defaults.Console),
            File = reader.GetPath(table, "file", defaults.File),
            FileDays = (int)table.GetInteger("file_days", defaults.FileDays, 1, 3650),
            TraceDays = (int)table.GetInteger("trace_days", defaults.TraceDays, 0, 3650),
        };
    }
}
