using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace PluginMail.Pipeline;

/// <summary>Traces as lines of JSON in one file a day. Lines gather in memory and are written a few times a second.</summary>
public sealed class SegmentedTraceLog : ITraceLog, IAsyncDisposable
{
    private const int MaximumPending = 64 << 20;
    private const int MaximumFound = 1000;
    private static readonly TimeSpan FlushPeriod = TimeSpan.FromMilliseconds(250);
    private readonly string _folder;
    private readonly Func<TimeSpan> _retention;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Utf8JsonWriter _writer;
    private readonly ITimer _timer;
    private ArrayBufferWriter<byte> _pending = new(1 << 16);
    private ArrayBufferWriter<byte> _spare = new(1 << 16);
    private bool _isSaturated;
    private (DateOnly Today, TimeSpan Retention) _swept;

    /// <summary>Opens the log.</summary>
    /// <param name="folder">Where the segments lie; made where it is missing.</param>
    /// <param name="retention">How long segments are kept; zero writes none. Asked anew each time, so that a reload counts.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="log">Where it says that it cannot write.</param>
    public SegmentedTraceLog(string folder, Func<TimeSpan> retention, TimeProvider clock, ILogger<SegmentedTraceLog> log)
    {
        _folder = folder;
        _retention = retention;
        _clock = clock;
        _log = log;
        Directory.CreateDirectory(folder);
        _writer = new Utf8JsonWriter(_pending, new JsonWriterOptions { SkipValidation = true });
        _timer = clock.CreateTimer(_ => _ = FlushAsync(), null, FlushPeriod, FlushPeriod);
    }

    /// <inheritdoc/>
    public void Append(DecisionTrace trace)
    {
        if (_retention() <= TimeSpan.Zero)
        {
            return;
        }

        lock (_lock)
        {
            if (_pending.WrittenCount > MaximumPending)
            {
                _isSaturated = true;
                return;
            }

            _writer.Reset(_pending);
            TraceFormat.Write(_writer, trace);
            _writer.Flush();
            _pending.Write("\n"u8);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> FindAsync(string transactionId, CancellationToken cancellationToken)
    {
        if (!TransactionId.TryGetTime(transactionId, out DateTimeOffset time))
        {
            return [];
        }

        await FlushAsync();
        List<string> found = [];
        string start = $"{{\"id\":\"{transactionId}\"";
        var begun = DateOnly.FromDateTime(time.UtcDateTime);
        DateOnly today = Today(), oldest = Oldest(today, _retention());
        for (DateOnly day = begun > oldest ? begun : oldest; day <= today && found.Count < MaximumFound; day = day.AddDays(1))
        {
            if (File.Exists(Segment(day)))
            {
                await FindAsync(Segment(day), start, found, cancellationToken);
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await FlushAsync();
        await _writer.DisposeAsync();
        _writing.Dispose();
    }

    private static async Task FindAsync(string segment, string start, List<string> found, CancellationToken cancellationToken)
    {
        await foreach (string line in File.ReadLinesAsync(segment, Encoding.UTF8, cancellationToken))
        {
            if (line.StartsWith(start, StringComparison.Ordinal))
            {
                found.Add(line);
                if (found.Count == MaximumFound)
                {
                    return;
                }
            }
        }
    }

    private async Task FlushAsync()
    {
        await _writing.WaitAsync();
        try
        {
            SweepOnce();
            ArrayBufferWriter<byte> full;
            bool lost;
            lock (_lock)
            {
                if (_pending.WrittenCount == 0)
                {
                    return;
                }

                full = _pending;
                _pending = _spare;
                _spare = full;
                lost = _isSaturated;
                _isSaturated = false;
            }

            if (lost)
            {
                PipelineLog.TracesLost(_log);
            }

            await WriteAsync(full.WrittenMemory);
        }
        finally
        {
            _spare.ResetWrittenCount(); // written, or lost with the fault that was logged
            _writing.Release();
        }
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> lines)
    {
        try
        {
            await using var file = new FileStream(Segment(Today()), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            await file.WriteAsync(lines);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            PipelineLog.TracesNotWritten(_log, e.Message);
        }
    }

    // At the start, each day, and when the retention was changed.
    private void SweepOnce()
    {
        (DateOnly Today, TimeSpan Retention) now = (Today(), _retention());
        if (_swept == now)
        {
            return;
        }

        _swept = now;
        try
        {
            Sweep(Oldest(now.Today, now.Retention));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            PipelineLog.TracesNotSwept(_log, e.Message);
        }
    }

    private void Sweep(DateOnly oldest)
    {
        foreach (string path in Directory.EnumerateFiles(_folder, "*.jsonl"))
        {
            if (DateOnly.TryParseExact(Path.GetFileNameWithoutExtension(path), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)
                && day < oldest)
            {
                File.Delete(path);
            }
        }
    }

    private DateOnly Today() => DateOnly.FromDateTime(_clock.GetUtcNow().UtcDateTime);

    // The oldest day that is kept; without retention not even today.
    private static DateOnly Oldest(DateOnly today, TimeSpan retention) =>
        retention <= TimeSpan.Zero ? today.AddDays(1) : today.AddDays(-(int)Math.Min(Math.Ceiling(retention.TotalDays), today.DayNumber));

    private string Segment(DateOnly day) => Path.Combine(_folder, $"{day:yyyy-MM-dd}.jsonl");
}
