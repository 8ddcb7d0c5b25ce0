using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>Shows how much waits in the queue. It is counted now and then, and only while somebody wants to know.</summary>
public sealed class QueueGauges : IDisposable
{
    private const int Share = 50; // counting takes no more than a fiftieth of the time, however long the queue is
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private readonly IQueueStore _store;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Meter _meter = new(QueueMetrics.MeterName);
    private readonly ObservableGauge<long> _messages;
    private volatile QueueFigures _figures = new(0, 0, 0, 0, null);

    /// <summary>Makes the gauges; until <see cref="RunAsync"/> they stand at 0.</summary>
    /// <param name="store">The entries.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="log">The log.</param>
    public QueueGauges(IQueueStore store, TimeProvider clock, ILogger log)
    {
        (_store, _clock, _log) = (store, clock, log);
        _messages = _meter.CreateObservableGauge("pluginmail.queue.messages", () => _figures.Messages, "{message}", "Messages in the queue");
        _meter.CreateObservableGauge(
            "pluginmail.queue.recipients", Recipients, "{recipient}", "Recipients in the queue, by state: waiting, held, reporting (the sender is yet to be told)");
        _meter.CreateObservableGauge("pluginmail.queue.age", Age, "s", "Age of the oldest message in the queue; 0 where there is none");
    }

    /// <summary>Counts until it is told to stop.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Completes when it has stopped.</returns>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                TimeSpan took = _messages.Enabled ? await CountAsync(cancellationToken) : TimeSpan.Zero;
                await Task.Delay(took * Share > Period ? took * Share : Period, _clock, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private async ValueTask<TimeSpan> CountAsync(CancellationToken cancellationToken)
    {
        long begun = Stopwatch.GetTimestamp();
        try
        {
            _figures = await _store.CountAsync(cancellationToken);
        }
        catch (IOException e)
        {
            QueueLog.NotCounted(_log, e.Message);
        }

        return Stopwatch.GetElapsedTime(begun);
    }

    private IEnumerable<Measurement<long>> Recipients()
    {
        QueueFigures figures = _figures;
        return
        [
            new(figures.Waiting, new KeyValuePair<string, object?>("state", "waiting")),
            new(figures.Held, new KeyValuePair<string, object?>("state", "held")),
            new(figures.Ended, new KeyValuePair<string, object?>("state", "reporting")),
        ];
    }

    private double Age() => _figures.Oldest is { } oldest ? Math.Max(0, (_clock.GetUtcNow() - oldest).TotalSeconds) : 0;
}
