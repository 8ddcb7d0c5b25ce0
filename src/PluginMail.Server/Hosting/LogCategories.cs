using Microsoft.Extensions.Logging;

namespace PluginMail.Server;

/// <summary>The categories of the log, as mail.toml's [log] levels names them. Those of plugins and listeners have names below theirs.</summary>
internal static class LogCategories
{
    public const string Server = "server";
    public const string Listener = "listener";
    public const string Smtp = "smtp";
    public const string Imap = "imap";
    public const string Pop3 = "pop3";
    public const string Authentication = "authentication";
    public const string Pipeline = "pipeline";
    public const string Delivery = "delivery";
    public const string Dns = "dns";
    public const string Queue = "queue";
    public const string Storage = "storage";
    public const string Plugins = "plugins";
    public const string Control = "control";
    public const string Api = "api";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        Server, Listener, Smtp, Imap, Pop3, Authentication, Pipeline, Delivery, Dns, Queue, Storage, Plugins, Control, Api,
    ];

    /// <summary>A logger of a category for a part that wants one of its own type.</summary>
    public static ILogger<T> CreateLogger<T>(this ILoggerFactory loggers, string category) => new CategoryLogger<T>(loggers.CreateLogger(category));

    private sealed class CategoryLogger<T>(ILogger log) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => log.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Log(logLevel, eventId, state, exception, formatter);
    }
}
