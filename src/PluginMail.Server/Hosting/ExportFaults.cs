using System.Diagnostics.Tracing;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace PluginMail.Server;

/// <summary>Hears what OpenTelemetry says of exports that failed, which it tells nobody else, and says it in the log: now and then, not each time.</summary>
internal sealed class ExportFaults(string endpoint, TimeProvider clock, ILogger log) : EventListener
{
    private const string Source = "OpenTelemetry-Exporter-OpenTelemetryProtocol";
    private const int LongestReason = 300;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);
    private long _saidAt;

    // The base class calls this before the parameters above are there.
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Source)
        {
            EnableEvents(eventSource, EventLevel.Warning);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (clock is null || log is null)
        {
            return;
        }

        long now = clock.GetTimestamp();
        long last = Interlocked.Read(ref _saidAt);
        if ((last == 0 || clock.GetElapsedTime(last, now) >= Pause) && Interlocked.CompareExchange(ref _saidAt, now, last) == last)
        {
            ServerLog.TelemetryFailed(log, endpoint, Words(eventData));
        }
    }

    private static string Words(EventWrittenEventArgs data)
    {
        string text = data.Message ?? data.EventName ?? "";
        try
        {
            text = string.Format(CultureInfo.InvariantCulture, text, [.. data.Payload ?? []]);
        }
        catch (FormatException)
        {
            // The message as it is.
        }

        int end = text.AsSpan().IndexOfAny('\r', '\n');
        text = end < 0 ? text : text[..end];
        return text.Length > LongestReason ? text[..LongestReason] : text;
    }
}
