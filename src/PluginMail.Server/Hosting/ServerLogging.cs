using Microsoft.Extensions.Logging;
using PluginMail.Configuration.Options;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace PluginMail.Server;

/// <summary>The log as mail.toml's [log] wants it, on Serilog. Levels change on a reload; files and console do not.</summary>
internal sealed class ServerLogging : IDisposable
{
    private const string Template = "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} {Level:u3} {SourceContext}: {Message:lj}{NewLine}{Exception}";
    private readonly LoggingLevelSwitch _level = new();
    private readonly Dictionary<string, LoggingLevelSwitch> _levels = [];

    public ServerLogging(LogOptions options)
    {
        SetLevels(options);
        var configuration = new LoggerConfiguration().MinimumLevel.ControlledBy(_level);
        foreach ((string category, LoggingLevelSwitch level) in _levels)
        {
            configuration.MinimumLevel.Override(category, level);
        }

        configuration.MinimumLevel.Override("Microsoft", LogEventLevel.Warning);
        LoggerSinkConfiguration.Wrap(configuration.WriteTo, static sink => new LineSink(sink), sinks => WriteTo(sinks, options));
        Loggers = new SerilogLoggerFactory(configuration.CreateLogger(), dispose: true);
    }

    /// <summary>Makes the loggers.</summary>
    public ILoggerFactory Loggers { get; }

    /// <summary>Takes new levels over. A category that had none when the server started follows the general level.</summary>
    public void SetLevels(LogOptions options)
    {
        _level.MinimumLevel = ToSerilog(options.Level);
        foreach (LoggingLevelSwitch forgotten in _levels.Where(known => !options.Levels.ContainsKey(known.Key)).Select(known => known.Value))
        {
            forgotten.MinimumLevel = _level.MinimumLevel;
        }

        foreach ((string category, Microsoft.Extensions.Logging.LogLevel level) in options.Levels)
        {
            if (!_levels.TryGetValue(category, out LoggingLevelSwitch? known))
            {
                _levels[category] = known = new LoggingLevelSwitch();
            }

            known.MinimumLevel = ToSerilog(level);
        }
    }

    public void Dispose() => Loggers.Dispose();

    private static void WriteTo(LoggerSinkConfiguration sinks, LogOptions options)
    {
        if (options.Console)
        {
            sinks.Console(outputTemplate: Template, formatProvider: null, standardErrorFromLevel: LogEventLevel.Verbose);
        }

        if (options.File.Length > 0)
        {
            sinks.File(
                options.File,
                outputTemplate: Template,
                rollingInterval: RollingInterval.Day,
                fileSizeLimitBytes: null, // the sink's own limit, 1 GiB, would silence the rest of a busy day
                retainedFileCountLimit: options.FileDays,
                formatProvider: null,
                hooks: new LatestLog(options.File));
        }
    }

    private static LogEventLevel ToSerilog(Microsoft.Extensions.Logging.LogLevel level) =>
        level == Microsoft.Extensions.Logging.LogLevel.None ? LevelAlias.Off
            : Enum.TryParse(level.ToString() switch { "Trace" => "Verbose", "Critical" => "Fatal", var name => name }, out LogEventLevel found)
            ? found
            : LogEventLevel.Information;
}
