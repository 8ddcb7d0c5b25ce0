using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Icap;

/// <summary>What the Icap plugin counts.</summary>
public sealed class IcapFigureTests
{
    [Fact]
    public async Task Results_are_named_in_lower_case()
    {
        var counted = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, self) =>
            {
                if (instrument.Meter.Name == "plugins.icap" && instrument.Name == "scans")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => counted[(string)tags[0].Value!] = true);
        listener.Start();
        await using var service = new FakeIcap
        {
            Answer = (_, body) => body.Trim() switch
            {
                "virus" => FakeIcap.Modified("X-Virus-ID: Some.Virus\r\n", "HTTP/1.1 403 Forbidden\r\n\r\n", "no"),
                "encrypted" => FakeIcap.Modified("X-Violations-Found: 1\r\n a.zip\r\n encrypted\r\n", "HTTP/1.1 403 Forbidden\r\n\r\n", "no"),
                "odd" => "ICAP/1.0 500 Error\r\n\r\n",
                _ => FakeIcap.Clean,
            },
        };
        await using var bench = await ListBench.StartAsync("icap", $"address = [\"{service.Address}\"]\nproduct = \"drweb\"\nmaximum_size = 20");
        foreach (string text in new[] { "good", "virus", "encrypted", "odd", "as large as none may be" })
        {
            await bench.CheckAsync(FakeMessage.FromText($"\r\n{text}\r\n"));
        }

        Assert.Equal(["clean", "infected", "too_large", "unavailable", "unscanned"], counted.Keys.Order(StringComparer.Ordinal));
    }
}
