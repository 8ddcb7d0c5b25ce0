using System.Collections;
using Microsoft.Extensions.Logging;
using PluginMail.Plugins.Roles;

namespace PluginMail.Plugins.Generations;

/// <summary>
/// A plugin's logger. Sinks may keep events for long (the log page does), so that no object of the plugin goes through: values of its own
/// types become text, exceptions become text.
/// </summary>
internal sealed class PluginLogger(ILogger inner) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state.ToString() ?? "");

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (inner.IsEnabled(logLevel))
        {
            var values = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
            var plain = new PlainState(formatter(state, exception), [.. values.Select(Plain)]);
            inner.Log(logLevel, eventId, plain, exception is null ? null : FaultText.Trace(exception), static (s, _) => s.Text);
        }
    }

    private static KeyValuePair<string, object?> Plain(KeyValuePair<string, object?> value) =>
        value.Value is null or string or bool or int or long or double or TimeSpan or DateTimeOffset or Guid
            ? value
            : new KeyValuePair<string, object?>(value.Key, value.Value.ToString());

    /// <summary>The message and its values.</summary>
    private sealed class PlainState(string text, KeyValuePair<string, object?>[] values) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public string Text => text;

        public int Count => values.Length;

        public KeyValuePair<string, object?> this[int index] => values[index];

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => values.AsEnumerable().GetEnumerator();

        public override string ToString() => text;

        IEnumerator IEnumerable.GetEnumerator() => values.GetEnumerator();
    }
}
