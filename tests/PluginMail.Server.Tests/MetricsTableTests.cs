using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;
using PluginMail.Admin;
using PluginMail.Testing;

namespace PluginMail.Server.Tests;

/// <summary>METRICS.md is what the instruments say of themselves. Set UPDATE_EXPECTED=1 to write it anew.</summary>
public sealed class MetricsTableTests
{
    private const string Begin = "<!-- The table is made of the instruments: UPDATE_EXPECTED=1 dotnet test tests/PluginMail.Server.Tests --filter MetricsTable -->\n";
    private static readonly string File = Repository.Path("src", "PluginMail.Admin", "METRICS.md");

    [Fact]
    public async Task The_table_is_that_of_the_instruments()
    {
        SortedDictionary<string, Instrument> instruments = await FindAsync();
        Assert.True(instruments.Count > 20, $"only {instruments.Count} instruments");
        string table = "| instrument | for Prometheus | kind | what |\n| --- | --- | --- | --- |\n"
            + string.Concat(instruments.Values.Select(Row));
        string text = await System.IO.File.ReadAllTextAsync(File);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = text.IndexOf("\n\n", begin, StringComparison.Ordinal) + 1;
        if (Environment.GetEnvironmentVariable("UPDATE_EXPECTED") == "1")
        {
            await System.IO.File.WriteAllTextAsync(File, text[..begin] + table + text[end..]);
        }
        else
        {
            Assert.Equal(table, text[begin..end]);
        }
    }

    [Fact]
    public async Task Names_are_those_of_OpenTelemetry_s_conventions()
    {
        foreach (Instrument instrument in (await FindAsync()).Values)
        {
            Assert.Matches("^pluginmail(\\.[a-z0-9]+)+$", instrument.Name);
            Assert.True(instrument.Unit is null or "s" or "By" || instrument.Unit.StartsWith('{'), $"{instrument.Name} is in {instrument.Unit}");
            Assert.False(instrument.Name.StartsWith("pluginmail.plugin.", StringComparison.Ordinal), $"{instrument.Name} could be a plugin's");
        }
    }

    // Those of classes, which are made when they are first used, and those that live with a server.
    private static async Task<SortedDictionary<string, Instrument>> FindAsync()
    {
        var found = new SortedDictionary<string, Instrument>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == MetricCollector.CoreMeter)
                {
                    lock (found)
                    {
                        found[instrument.Name] = instrument;
                    }
                }
            },
        };
        listener.Start();
        foreach (string path in Directory.GetFiles(AppContext.BaseDirectory, "PluginMail.*.dll").Append(typeof(ServerCore).Assembly.Location))
        {
            foreach (Type type in Assembly.LoadFrom(path).GetTypes().Where(type => type.Name.EndsWith("Metrics", StringComparison.Ordinal) && type.IsClass))
            {
                RuntimeHelpers.RunClassConstructor(type.TypeHandle);
            }
        }

        using var data = new TestData();
        await using ServerCore core = await data.OpenCoreAsync();
        using IDisposable figures = ServerMetrics.Show(() => []);
        lock (found)
        {
            return new SortedDictionary<string, Instrument>(found, StringComparer.Ordinal);
        }
    }

    private static string Row(Instrument instrument)
    {
        MetricDescription description = MetricDescription.Of(instrument, isOfPlugin: false);
        string suffix = description.Kind == MetricKind.Counter ? "_total" : "";
        string unit = instrument.Unit is { } given ? $", {given}" : "";
        return $"| `{instrument.Name}` | `{description.Name}{suffix}` | {description.Kind.ToString().ToLowerInvariant()}{unit} | {instrument.Description} |\n";
    }
}
