using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace PluginMail.Admin;

/// <summary>Listens to the server's meter and to those of plugins, and keeps what they said as series. It counts from the moment it is made.</summary>
/// <remarks>
/// Meters are told by their names: <c>PluginMail</c>, and <c>plugins.NAME</c> with one tag, the plugin's name. Series are bounded in number and in
/// length. Versions of a plugin share series, which go when its last meter does.
/// </remarks>
public sealed class MetricCollector : IDisposable
{
    /// <summary>The name of the server's meter.</summary>
    public const string CoreMeter = "PluginMail";

    /// <summary>What names of plugins' meters begin with.</summary>
    public const string PluginMeters = "plugins.";

    /// <summary>The most metrics of plugins together.</summary>
    internal const int MaximumPluginFamilies = 1000;

    private readonly ILogger _log;
    private readonly Lock _lock = new(); // families and groups; recording takes no lock
    private readonly Lock _reading = new();
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private int _round;

    /// <summary>Begins to count.</summary>
    /// <param name="log">Where it says what cannot be counted.</param>
    public MetricCollector(ILogger log)
    {
        _log = log;
        _listener.InstrumentPublished = Publish;
        _listener.MeasurementsCompleted = (_, state) => Complete(state as Source);
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<decimal>((_, value, tags, state) => Record((double)value, tags, state));
        _listener.Start();
    }

    /// <summary>Writes all series as text.</summary>
    /// <param name="format">The form.</param>
    /// <returns>The text; it ends with a line feed.</returns>
    public string Write(MetricFormat format)
    {
        lock (_reading)
        {
            Volatile.Write(ref _round, _round + 1);
            Observe();
            var writer = new ExpositionWriter(format);
            lock (_lock)
            {
                foreach (MetricFamily family in _families.Values)
                {
                    writer.Write(family, _round);
                }
            }

            return writer.End();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private static string? PluginOf(Meter meter) =>
        meter.Name.StartsWith(PluginMeters, StringComparison.Ordinal) ? meter.Name[PluginMeters.Length..] : null;

    private void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
        ((Source)state!).Record(value, tags, Volatile.Read(ref _round));

    // What a plugin is asked for here may fail; all others have answered by then.
    private void Observe()
    {
        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException e)
        {
            foreach (Exception fault in e.InnerExceptions)
            {
                AdminLog.NotObserved(_log, fault.Message);
            }
        }
    }

    private void Publish(Instrument instrument, MeterListener listener)
    {
        string? plugin = PluginOf(instrument.Meter);
        if (plugin is null && instrument.Meter.Name != CoreMeter)
        {
            return;
        }

        MetricDescription description = MetricDescription.Of(instrument, isOfPlugin: plugin is not null);
        SeriesGroup group;
        lock (_lock)
        {
            if (!_families.TryGetValue(description.Name, out MetricFamily? family))
            {
                if (plugin is not null && _families.Count >= MaximumPluginFamilies)
                {
                    AdminLog.NotCounted(_log, instrument.Meter.Name, instrument.Name, "there are too many metrics");
                    return;
                }

                _families.Add(description.Name, family = new MetricFamily(description));
            }
            else if (!family.Description.Fits(description))
            {
                AdminLog.NotCounted(_log, instrument.Meter.Name, instrument.Name, "a metric of another kind has this name");
                return;
            }

            group = family.Enter(plugin);
        }

        listener.EnableMeasurementEvents(instrument, new Source(group, MetricDescription.ScaleOf(instrument)));
    }

    private void Complete(Source? source)
    {
        lock (_lock)
        {
            if (source is { Group: var group } && group.Family.Leave(group))
            {
                _families.Remove(group.Family.Description.Name);
            }
        }
    }

    /// <summary>An instrument: where its measurements go.</summary>
    private sealed record Source(SeriesGroup Group, double Scale)
    {
        public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, int round) => Group.Record(value * Scale, tags, round);
    }
}
