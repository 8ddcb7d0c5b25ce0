using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace PluginMail.Admin;

/// <summary>Listens to the server's meter and to those of plugins, and keeps what they said as series. It counts from the moment it is made.</summary>
/// <remarks>
/// Meters are told by their names: <c>PluginMail</c>, and <c>plugins.NAME</c> with one tag, the plugin's name. Series are bounded in number and in
/// length. Versions of a plugin share series, which go when its last meter does. What is observed is asked for meter by meter, for a few seconds:
/// one that does not answer by then costs its own values alone.
/// </remarks>
public sealed class MetricCollector : IDisposable
{
    /// <summary>The name of the server's meter.</summary>
    public const string CoreMeter = "PluginMail";

    /// <summary>What names of plugins' meters begin with.</summary>
    public const string PluginMeters = "plugins.";

    /// <summary>The most metrics of plugins together.</summary>
    internal const int MaximumPluginFamilies = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ILogger _log;
    private readonly Lock _lock = new(); // families, groups and observations; recording takes no lock
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly MeterListener _listener;
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly Dictionary<Meter, Observation> _observations = [];
    private readonly TimeSpan _patience;
    private int _round;

    /// <summary>Begins to count.</summary>
    /// <param name="log">Where it says what cannot be counted.</param>
    public MetricCollector(ILogger log)
        : this(log, Patience)
    {
    }

    /// <summary>Begins to count.</summary>
    /// <param name="log">Where it says what cannot be counted.</param>
    /// <param name="patience">How long a reading waits for what is observed.</param>
    internal MetricCollector(ILogger log, TimeSpan patience)
    {
        _log = log;
        _patience = patience;
        _listener = NewListener();
        _listener.InstrumentPublished = Publish;
        _listener.Start();
    }

    /// <summary>Writes all series as text.</summary>
    /// <param name="format">The form.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The text; it ends with a line feed.</returns>
    public async Task<string> WriteAsync(MetricFormat format, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            await ObserveAsync(++_round, cancellationToken);
            return Write(format, _round);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        Observation[] observations;
        lock (_lock)
        {
            observations = [.. _observations.Values];
        }

        foreach (Observation observation in observations)
        {
            observation.Dispose(); // not under the lock: it completes its instruments
        }

        _reading.Dispose();
    }

    private static string? PluginOf(Meter meter) =>
        meter.Name.StartsWith(PluginMeters, StringComparison.Ordinal) ? meter.Name[PluginMeters.Length..] : null;

    private static void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) => ((Source)state!).Record(value, tags);

    private MeterListener NewListener()
    {
        var listener = new MeterListener { MeasurementsCompleted = (_, state) => Complete(state as Source) };
        listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => Record(value, tags, state));
        listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => Record(value, tags, state));
        listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => Record(value, tags, state));
        listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => Record(value, tags, state));
        listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => Record(value, tags, state));
        listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => Record(value, tags, state));
        listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, state) => Record((double)value, tags, state));
        return listener;
    }

    // Values of one that does not answer in time are gone with the next reading, until it answers.
    private async Task ObserveAsync(int round, CancellationToken cancellationToken)
    {
        Observation[] observations;
        lock (_lock)
        {
            observations = [.. _observations.Values];
        }

        var begun = new List<Task>(observations.Length);
        foreach (Observation observation in observations)
        {
            if (observation.TryBegin(round, out Task underWay))
            {
                begun.Add(underWay);
            }
        }

        try
        {
            await Task.WhenAll(begun).WaitAsync(_patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            AdminLog.NotObserved(_log, $"no answer within {_patience}");
        }
    }

    private string Write(MetricFormat format, int round)
    {
        var writer = new ExpositionWriter(format);
        lock (_lock)
        {
            foreach (MetricFamily family in _families.Values)
            {
                writer.Write(family, round);
            }
        }

        return writer.End();
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
        Observation? observation;
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
            observation = instrument.IsObservable ? Observe(instrument.Meter) : null;
        }

        var source = new Source(group, MetricDescription.ScaleOf(instrument), instrument.Meter, observation);
        if (observation is null)
        {
            listener.EnableMeasurementEvents(instrument, source);
        }
        else
        {
            observation.Add(instrument, source);
        }
    }

    private Observation Observe(Meter meter)
    {
        if (!_observations.TryGetValue(meter, out Observation? observation))
        {
            _observations.Add(meter, observation = new Observation(NewListener(), _log));
        }

        observation.Instruments++;
        return observation;
    }

    private void Complete(Source? source)
    {
        lock (_lock)
        {
            if (source is { Group: var group } && group.Family.Leave(group))
            {
                _families.Remove(group.Family.Description.Name);
            }

            if (source is { Observation: { } observation } && --observation.Instruments == 0)
            {
                _observations.Remove(source.Meter);
            }
        }
    }

    /// <summary>An instrument: where its measurements go.</summary>
    private sealed record Source(SeriesGroup Group, double Scale, Meter Meter, Observation? Observation)
    {
        public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => Group.Record(value * Scale, tags, Observation?.Round ?? 0);
    }
}
