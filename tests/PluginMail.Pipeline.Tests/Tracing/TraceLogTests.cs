using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Testing;

namespace PluginMail.Pipeline.Tests;

/// <summary>Traces on disk: their form, one segment a day, how long they are kept.</summary>
public sealed class TraceLogTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "pluginmail-trace-" + Guid.NewGuid().ToString("n"));
    private readonly FakeTime _clock = new();
    private TimeSpan _retention = TimeSpan.FromDays(2);

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_trace_is_found_by_its_id()
    {
        await using SegmentedTraceLog log = Open();
        DecisionTrace trace = New();
        trace.Remote = IPAddress.Parse("192.0.2.1");
        trace.HelloName = "a\"b\r\nc\ud800";
        trace.Recipients = ["anna@example.test"];
        trace.Add(new TraceEntry("message", "clamav", "pass", "clean", "anna@example.test", 1.5, 42));
        log.Append(New());
        log.Append(trace);
        log.Append(New());
        using JsonDocument found = JsonDocument.Parse(Assert.Single(await log.FindAsync(trace.TransactionId, default)));
        JsonElement root = found.RootElement;
        Assert.Equal(trace.TransactionId, root.GetProperty("id").GetString());
        Assert.Equal("192.0.2.1", root.GetProperty("remote").GetString());
        Assert.StartsWith("a\"b\r\nc", root.GetProperty("hello").GetString(), StringComparison.Ordinal);
        Assert.Equal("anna@example.test", root.GetProperty("to")[0].GetString());
        JsonElement decision = root.GetProperty("decisions")[0];
        Assert.Equal("clamav", decision.GetProperty("role").GetString());
        Assert.Equal(1.5, decision.GetProperty("score").GetDouble());
        Assert.Equal(42, decision.GetProperty("us").GetInt64());
        Assert.False(root.TryGetProperty("login", out _));
    }

    [Fact]
    public async Task What_is_no_id_or_unknown_is_not_found()
    {
        await using SegmentedTraceLog log = Open();
        log.Append(New());
        Assert.Empty(await log.FindAsync("nonsense", default));
        Assert.Empty(await log.FindAsync("\"} { evil      ", default));
        Assert.Empty(await log.FindAsync(TransactionId.Next(_clock.GetUtcNow()), default));
    }

    [Fact]
    public async Task A_transaction_that_ends_after_midnight_is_found()
    {
        _clock.Advance(TimeSpan.FromHours(11.99));
        await using SegmentedTraceLog log = Open();
        DecisionTrace trace = New();
        _clock.Advance(TimeSpan.FromHours(0.5));
        log.Append(trace);
        Assert.Single(await log.FindAsync(trace.TransactionId, default));
        Assert.Equal(["2026-11-22.jsonl"], Segments());
    }

    [Fact]
    public async Task Later_attempts_are_found_with_their_transaction_as_long_as_they_are_kept()
    {
        await using SegmentedTraceLog log = Open();
        DecisionTrace first = New();
        log.Append(first);
        for (int day = 1; day <= 2; day++)
        {
            await log.FindAsync(first.TransactionId, default);
            _clock.Advance(TimeSpan.FromDays(1));
            log.Append(new DecisionTrace(first.TransactionId, first.Started) { Reply = $"attempt {day}" });
            log.Append(New());
        }

        IReadOnlyList<string> found = await log.FindAsync(first.TransactionId, default);
        Assert.Equal(3, found.Count);
        Assert.Contains("attempt 2", found[2], StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(2, (await log.FindAsync(first.TransactionId, default)).Count);
    }

    [Fact]
    public async Task Where_nothing_is_kept_any_more_old_segments_go()
    {
        await using SegmentedTraceLog log = Open();
        log.Append(New());
        await log.FindAsync(New().TransactionId, default);
        Assert.Single(Segments());
        _retention = TimeSpan.Zero;
        await log.FindAsync(New().TransactionId, default);
        Assert.Empty(Segments());
    }

    [Fact]
    public async Task Segments_older_than_the_retention_are_deleted_and_nothing_else()
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(Path.Combine(_folder, "notes.jsonl"), "");
        await using SegmentedTraceLog log = Open();
        for (int day = 0; day < 5; day++)
        {
            DecisionTrace trace = New();
            log.Append(trace);
            Assert.Single(await log.FindAsync(trace.TransactionId, default));
            _clock.Advance(TimeSpan.FromDays(1));
        }

        await log.FindAsync(New().TransactionId, default);
        Assert.Equal(["2026-11-24.jsonl", "2026-11-25.jsonl", "notes.jsonl"], Segments());
    }

    [Fact]
    public async Task Without_retention_nothing_is_written()
    {
        _retention = TimeSpan.Zero;
        await using (SegmentedTraceLog log = Open())
        {
            DecisionTrace trace = New();
            log.Append(trace);
            Assert.Empty(await log.FindAsync(trace.TransactionId, default));
        }

        Assert.Empty(Segments());
    }

    [Fact]
    public async Task The_end_writes_what_is_left()
    {
        await using (SegmentedTraceLog log = Open())
        {
            log.Append(New());
        }

        Assert.Single(File.ReadAllLines(Path.Combine(_folder, "2026-11-21.jsonl")));
    }

    [Fact]
    public void A_trace_is_bounded()
    {
        DecisionTrace trace = New();
        for (int i = 0; i < 5000; i++)
        {
            trace.Add(new TraceEntry("filter", "x", "keep"));
        }

        Assert.Equal(1000, trace.Entries.Count);
    }

    private SegmentedTraceLog Open() => new(_folder, () => _retention, _clock, NullLogger<SegmentedTraceLog>.Instance);

    private DecisionTrace New() => new(TransactionId.Next(_clock.GetUtcNow()), _clock.GetUtcNow());

    private IEnumerable<string> Segments() => Directory.EnumerateFiles(_folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
}
