using System.Buffers;
using System.Globalization;
using System.Text;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;
using Serilog.Parsing;

namespace PluginMail.Server;

/// <summary>
/// Makes of each event one line, whatever plugins and peers have put into it: control characters, and what else ends lines, are written as
/// <c>\u000A</c>. The lines of an exception stay lines, each behind blanks, so that none can be taken for an event.
/// </summary>
/// <param name="inner">Writes the events.</param>
internal sealed class LineSink(ILogEventSink inner) : ILogEventSink, IDisposable
{
    private const string Indent = "   ";

    private static readonly SearchValues<char> Invisible = SearchValues.Create(
        [.. Enumerable.Range(0, 0xA0).Where(code => code is < 0x20 or > 0x7E).Select(code => (char)code), '\u2028', '\u2029']);

    private static readonly MessageTemplateTextFormatter Rendering = new("{Message:l}", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        Rendering.Format(logEvent, text);
        string message = Visible(text.ToString());
        inner.Emit(new LogEvent(
            logEvent.Timestamp,
            logEvent.Level,
            logEvent.Exception is { } exception ? new WrittenFault(exception) : null,
            new MessageTemplate(message, [new TextToken(message)]),
            logEvent.Properties.Select(property => new LogEventProperty(property.Key, Visible(property.Value)))));
    }

    /// <inheritdoc/>
    public void Dispose() => (inner as IDisposable)?.Dispose();

    /// <summary>Text without what ends a line or moves on a screen: C0, DEL, C1, U+2028 and U+2029 are written as their numbers.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The same where there is none of them.</returns>
    internal static string Visible(string text)
    {
        if (!text.AsSpan().ContainsAny(Invisible))
        {
            return text; // the common case
        }

        var visible = new StringBuilder(text.Length + 32);
        foreach (char character in text)
        {
            if (Invisible.Contains(character))
            {
                visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
            }
            else
            {
                visible.Append(character);
            }
        }

        return visible.ToString();
    }

    // The category, which has a plugin's own words in it, stands before the message.
    private static LogEventPropertyValue Visible(LogEventPropertyValue value) =>
        value is ScalarValue { Value: string text } ? new ScalarValue(Visible(text)) : value;

    /// <summary>An exception as it is written.</summary>
    private sealed class WrittenFault(Exception exception) : Exception(exception.Message)
    {
        public override string ToString() => string.Join(
            Environment.NewLine, exception.ToString().ReplaceLineEndings("\n").Split('\n').Select(line => Indent + Visible(line)));
    }
}
