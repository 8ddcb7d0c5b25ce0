using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing;

namespace PluginMail.Connectors.Tests.Milter;

/// <summary>What the Milter plugin measures.</summary>
public sealed class MilterFigureTests
{
    [Fact]
    public async Task How_long_a_milter_took_is_measured_command_by_command()
    {
        var clock = new FakeTime();
        var measured = new ConcurrentQueue<(string Command, double Seconds)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, self) =>
            {
                if (instrument.Meter.Name == "plugins.milter" && instrument.Name == "request.duration")
                {
                    Assert.Equal("s", instrument.Unit);
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) =>
        {
            var labels = tags.ToArray().ToDictionary(static tag => tag.Key, static tag => (string)tag.Value!, StringComparer.Ordinal);
            if (labels["milter"] == "slow")
            {
                measured.Enqueue((labels["command"], value));
            }
        });
        listener.Start();
        await using var milter = new FakeMilter(steps: 0x80) // fields are not answered
        {
            Answers = heard =>
            {
                clock.Advance(TimeSpan.FromSeconds(heard[0] switch { 'O' => 1, 'M' => 2, 'E' => 3, _ => 0 }));
                return heard[0] == 'E' ? ["p", "hX|y|", "c"] : ["c"];
            },
        };
        await using var bench = await ListBench.StartAsync("milter", MilterTests.Table(milter.Address, "name = \"slow\""), clock: clock);
        await using var talk = new MilterTalk(bench.Plugins);
        await talk.SendAsync();
        Assert.Equal([("O", 1), ("C", 0), ("H", 0), ("M", 2), ("R", 0), ("T", 0), ("N", 0), ("B", 0), ("E", 3)], measured);
    }
}
