using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Testing;

namespace PluginMail.Admin.Tests;

/// <summary>What instruments record is what Prometheus reads. Meters are those of a plugin with a name of its own, as tests run beside one another.</summary>
public sealed class MetricCollectorTests : IDisposable
{
    private static int _made;
    private readonly string _plugin = $"p{Interlocked.Increment(ref _made)}";
    private readonly MetricCollector _collector = new(NullLogger.Instance);
    private readonly Meter _meter;

    public MetricCollectorTests() => _meter = NewMeter();

    public void Dispose()
    {
        _meter.Dispose();
        _collector.Dispose();
    }

    [Fact]
    public async Task Each_kind_is_written_as_its_kind()
    {
        Counter<long> mails = _meter.CreateCounter<long>("mails", "{message}", "Messages, by \"result\"\nand no more");
        mails.Add(2, new KeyValuePair<string, object?>("result", "clean"));
        mails.Add(1, new("result", "a \"b\" \\ c\nd"), new("again", true));
        mails.Add(-5, new KeyValuePair<string, object?>("result", "clean"));
        UpDownCounter<int> open = _meter.CreateUpDownCounter<int>("open.files");
        open.Add(3);
        open.Add(-1);
        Gauge<double> last = _meter.CreateGauge<double>("last", "%", "The last one");
        last.Record(4);
        last.Record(2.5);
        _meter.CreateObservableGauge("index.size", () => 7L, "By", "Octets");
        Histogram<double> time = _meter.CreateHistogram(
            "scan_time", "ms", "Time", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 10, 2000] });
        time.Record(10);
        time.Record(11);
        time.Record(1e6);

        Assert.Equal(
            $"""
            # HELP pluginmail_plugin_index_size_bytes Octets
            # TYPE pluginmail_plugin_index_size_bytes gauge
            pluginmail_plugin_index_size_bytes@ 7
            # HELP pluginmail_plugin_last The last one
            # TYPE pluginmail_plugin_last gauge
            pluginmail_plugin_last@ 2.5
            # HELP pluginmail_plugin_mails_total Messages, by "result"\nand no more
            # TYPE pluginmail_plugin_mails_total counter
            pluginmail_plugin_mails_total@again="true",plugin="{_plugin}",result="a \"b\" \\ c\nd"| 1
            pluginmail_plugin_mails_total@plugin="{_plugin}",result="clean"| 2
            # HELP pluginmail_plugin_open_files open.files
            # TYPE pluginmail_plugin_open_files gauge
            pluginmail_plugin_open_files@ 2
            # HELP pluginmail_plugin_scan_time_seconds Time
            # TYPE pluginmail_plugin_scan_time_seconds histogram
            pluginmail_plugin_scan_time_seconds_bucket@plugin="{_plugin}",le="0.001"| 0
            pluginmail_plugin_scan_time_seconds_bucket@plugin="{_plugin}",le="0.01"| 1
            pluginmail_plugin_scan_time_seconds_bucket@plugin="{_plugin}",le="2"| 2
            pluginmail_plugin_scan_time_seconds_bucket@plugin="{_plugin}",le="+Inf"| 3
            pluginmail_plugin_scan_time_seconds_sum@ 1000.021
            pluginmail_plugin_scan_time_seconds_count@ 3

            """.Replace("@ ", $"{{plugin=\"{_plugin}\"}} ", StringComparison.Ordinal).Replace("| ", "} ", StringComparison.Ordinal).Replace('@', '{'),
            await OwnAsync(MetricFormat.Prometheus));
    }

    [Fact]
    public async Task OpenMetrics_has_units_and_an_end()
    {
        _meter.CreateCounter<long>("octets", "By", "Octets").Add(5);
        _meter.CreateHistogram("delay", "s", "Delay", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1] }).Record(0.5);
        string text = await OwnAsync(MetricFormat.OpenMetrics);
        Assert.Contains("# TYPE pluginmail_plugin_octets_bytes counter\n# UNIT pluginmail_plugin_octets_bytes bytes\n", text, StringComparison.Ordinal);
        Assert.Contains($"pluginmail_plugin_octets_bytes_total{{plugin=\"{_plugin}\"}} 5\n", text, StringComparison.Ordinal);
        Assert.Contains(",le=\"1.0\"} 1\n", text, StringComparison.Ordinal);
        Assert.EndsWith("# EOF\n", await _collector.WriteAsync(MetricFormat.OpenMetrics, CancellationToken.None), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fifty_versions_of_a_plugin_are_one_series_which_goes_with_the_last()
    {
        Meter serving = _meter;
        serving.CreateCounter<long>("scans").Add(1);
        for (int version = 2; version <= 50; version++)
        {
            Meter next = NewMeter();
            next.CreateCounter<long>("scans").Add(1); // it starts beside the old one
            next.CreateObservableGauge("documents", () => 3);
            serving.Dispose();
            serving = next;
        }

        string text = await OwnAsync(MetricFormat.Prometheus);
        Assert.Contains($"pluginmail_plugin_scans_total{{plugin=\"{_plugin}\"}} 50\n", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split('\n').Count(line => line.StartsWith("pluginmail", StringComparison.Ordinal)));
        serving.Dispose();
        Assert.Equal("", await OwnAsync(MetricFormat.Prometheus));
    }

    [Fact]
    public async Task A_value_that_is_no_longer_observed_is_gone()
    {
        bool isThere = true;
        _meter.CreateObservableGauge("queue", () => isThere ? [new Measurement<int>(1)] : Array.Empty<Measurement<int>>());
        Assert.NotEqual("", await OwnAsync(MetricFormat.Prometheus));
        isThere = false;
        Assert.Equal("", await OwnAsync(MetricFormat.Prometheus));
    }

    [Fact]
    public async Task One_that_fails_to_answer_hides_no_other()
    {
        _meter.CreateObservableGauge("broken", (Func<int>)(() => throw new InvalidOperationException("no")));
        _meter.CreateObservableGauge("whole", () => 1);
        Assert.Contains("pluginmail_plugin_whole{", await OwnAsync(MetricFormat.Prometheus), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_whose_exception_cannot_say_what_it_is_hides_no_other()
    {
        _meter.CreateObservableGauge("broken", (Func<int>)(() => throw new UnspeakableException()));
        _meter.CreateObservableGauge("whole", () => 1);
        Assert.Contains("pluginmail_plugin_whole{", await OwnAsync(MetricFormat.Prometheus), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_blocks_costs_its_own_meter_alone_and_that_until_it_answers()
    {
        using var collector = new MetricCollector(NullLogger.Instance, TimeSpan.FromMilliseconds(200));
        using Meter other = NewMeter();
        using var gate = new ManualResetEventSlim();
        _meter.CreateCounter<int>("mails").Add(1);
        _meter.CreateObservableGauge("stuck", () =>
        {
            gate.Wait();
            return 1;
        });
        other.CreateObservableGauge("other", () => 2);
        for (int i = 0; i < 3; i++)
        {
            string text = await collector.WriteAsync(MetricFormat.Prometheus, CancellationToken.None);
            Assert.Contains($"pluginmail_plugin_mails_total{{plugin=\"{_plugin}\"}} 1\n", text, StringComparison.Ordinal);
            Assert.Contains($"pluginmail_plugin_other{{plugin=\"{_plugin}\"}} 2\n", text, StringComparison.Ordinal);
            Assert.DoesNotContain($"pluginmail_plugin_stuck{{plugin=\"{_plugin}\"}}", text, StringComparison.Ordinal);
        }

        gate.Set();
        long begun = Environment.TickCount64;
        while (!(await collector.WriteAsync(MetricFormat.Prometheus, CancellationToken.None))
            .Contains($"pluginmail_plugin_stuck{{plugin=\"{_plugin}\"}} 1\n", StringComparison.Ordinal))
        {
            Assert.InRange(Environment.TickCount64 - begun, 0, 60_000);
        }
    }

    [Fact]
    public async Task What_is_under_way_is_not_begun_again()
    {
        using var meter = new Meter("heard by nobody else");
        using var gate = new ManualResetEventSlim();
        using var observation = new Observation(new MeterListener(), NullLogger.Instance);
        observation.Add(meter.CreateObservableGauge("stuck", () =>
        {
            gate.Wait();
            return 1;
        }), new object());
        Assert.True(observation.TryBegin(1, out Task first));
        Assert.False(observation.TryBegin(2, out Task second));
        Assert.Same(first, second);
        Assert.Equal(1, observation.Round);
        gate.Set();
        await first;
        Assert.True(observation.TryBegin(3, out Task third));
        await third;
    }

    [Fact]
    public async Task Series_are_bounded_and_what_is_beyond_is_counted_together()
    {
        Counter<int> counter = _meter.CreateCounter<int>("addresses");
        for (int i = 0; i < SeriesGroup.MaximumSeries + 100; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("address", $"a{i}@example.test"));
        }

        string[] lines = [.. (await OwnAsync(MetricFormat.Prometheus)).Split('\n').Where(line => line.StartsWith("pluginmail", StringComparison.Ordinal))];
        Assert.Equal(SeriesGroup.MaximumSeries + 1, lines.Length);
        Assert.Single(lines, line => line.Contains(SeriesGroup.Overflow, StringComparison.Ordinal) && line.EndsWith(" 100", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_order_of_tags_makes_no_series_and_their_names_are_made_fit()
    {
        Counter<int> counter = _meter.CreateCounter<int>("x");
        counter.Add(1, new("a.b", "1"), new("le", 2));
        counter.Add(1, new("le", 2L), new("a.b", "1"));
        Assert.Contains($"pluginmail_plugin_x_total{{a_b=\"1\",plugin=\"{_plugin}\",tag_le=\"2\"}} 2\n", await OwnAsync(MetricFormat.Prometheus), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_metric_of_another_kind_under_the_same_name_is_left_out()
    {
        using var other = new Meter(new MeterOptions($"plugins.{_plugin}x"));
        _meter.CreateUpDownCounter<int>("depth").Add(1);
        other.CreateHistogram<int>("depth").Record(1);
        Assert.DoesNotContain("histogram", (await _collector.WriteAsync(MetricFormat.Prometheus, CancellationToken.None)).Split('\n').Single(line => line.StartsWith("# TYPE pluginmail_plugin_depth ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Threads_lose_nothing_and_recording_allocates_nothing()
    {
        Counter<long> counter = _meter.CreateCounter<long>("calls");
        Histogram<double> histogram = _meter.CreateHistogram<double>("time", "s");
        long allocated = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            Record(100);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Record(9_900);
            Interlocked.Add(ref allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        })));
        string text = await OwnAsync(MetricFormat.Prometheus);
        Assert.Contains(" 40000\n", text, StringComparison.Ordinal);
        Assert.Contains($"pluginmail_plugin_time_seconds_count{{plugin=\"{_plugin}\"}} 40000\n", text, StringComparison.Ordinal);
        Assert.InRange(allocated, 0, 40_000); // of the runtime's own now and then, of 79,200 measurements none

        void Record(int times)
        {
            for (int i = 0; i < times; i++)
            {
                counter.Add(1, new("protocol", "smtp"), new("outcome", "accepted"));
                histogram.Record(i);
            }
        }
    }

    [SkippableFact]
    public async Task Prometheus_accepts_all_kinds()
    {
        _meter.CreateCounter<long>("mails", "{message}", "Messages").Add(1, new KeyValuePair<string, object?>("result", "a \"b\" \\ c\nd \ud800 €"));
        _meter.CreateHistogram<double>("scan_time", "ms", "Time").Record(3);
        _meter.CreateObservableGauge("index.size", () => 7L, "By", "Octets");
        _meter.CreateUpDownCounter<int>("open.files", "{file}", "Files").Add(1);
        await PromTool.AcceptsAsync(await _collector.WriteAsync(MetricFormat.Prometheus, CancellationToken.None));
    }

    private Meter NewMeter() => new(new MeterOptions($"plugins.{_plugin}") { Tags = [new("plugin", _plugin)] });

    /// <summary>What belongs to this test's plugin, with the heads before it.</summary>
    private async Task<string> OwnAsync(MetricFormat format)
    {
        string[] lines = (await _collector.WriteAsync(format, CancellationToken.None)).Split('\n');
        var own = lines.Where(line => line.Contains($"plugin=\"{_plugin}\"", StringComparison.Ordinal)).ToList();
        return string.Concat(lines
            .Where(line => own.Contains(line) || (line.StartsWith("# ", StringComparison.Ordinal) && own.Any(sample => IsHeadOf(line, sample))))
            .Select(line => line + "\n"));
    }

    private static bool IsHeadOf(string head, string sample)
    {
        string[] words = head.Split(' ');
        string name = sample.Split('{')[0];
        return words.Length > 2 && (name == words[2] || (name.StartsWith(words[2], StringComparison.Ordinal) && name[words[2].Length..] is "_bucket" or "_sum" or "_count" or "_total"));
    }

    private sealed class UnspeakableException : Exception
    {
        public override string Message => throw new InvalidOperationException("no");
    }
}
