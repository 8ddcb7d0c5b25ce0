using System.Diagnostics.Metrics;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Reloading;

/// <summary>Instruments end with the version that made them.</summary>
public sealed class MetricsTests
{
    [Fact]
    public async Task Fifty_versions_leave_the_meter_of_one_and_it_bears_the_plugin_s_name()
    {
        var live = new HashSet<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "plugins.probe-metrics")
                {
                    Assert.Equal(new KeyValuePair<string, object?>("plugin", "probe-metrics"), Assert.Single(instrument.Meter.Tags!));
                    lock (live)
                    {
                        live.Add(instrument);
                    }

                    self.EnableMeasurementEvents(instrument);
                }
            },
            MeasurementsCompleted = (instrument, _) =>
            {
                lock (live)
                {
                    live.Remove(instrument);
                }
            },
        };
        listener.Start();
        await using (PluginBench bench = await PluginBench.WithProbeAsync(DictionarySettings.For("probe-metrics")))
        {
            for (int version = 2; version <= 50; version++)
            {
                bench.Install("probe-metrics", $"{version}");
                Assert.Null(await bench.Host.ReloadAsync("probe-metrics", CancellationToken.None));
            }

            await PluginBench.UntilAsync(() => Count() == 1, "one version counts");
        }

        Assert.Equal(0, Count());

        int Count()
        {
            lock (live)
            {
                return live.Count;
            }
        }
    }
}
