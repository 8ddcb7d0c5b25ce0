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
    private DateOnly _swept;

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
    public async ValueTask<string?> FindAsync(string transactionId, CancellationToken cancellationToken)
    {
        if (!TransactionId.TryGetTime(transactionId, out DateTimeOffset time))
        {
            return null;
        }

        await FlushAsync();
        string start = $"{{\"id\":\"{transactionId}\"";
        for (int day = 0; day <= 1; day++) // a transaction may end on the day after it began
        {
            string segment = Segment(DateOnly.FromDateTime(time.UtcDateTime).AddDays(day));
            if (!File.Exists(segment))
            {
                continue;
            }

            await foreach (string line in File.ReadLinesAsync(segment, Encoding.UTF8, cancellationToken))
            {
                if (line.StartsWith(start, StringComparison.Ordinal))
                {
                    return line;
                }
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await FlushAsync();
        await _writer.DisposeAsync();
        _writing.Dispose();
    }

    private async Task FlushAsync()
    {
        await _writing.WaitAsync();
        try
        {
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
        var today = DateOnly.FromDateTime(_clock.GetUtcNow().UtcDateTime);
        try
        {
            await using var file = new FileStream(Segment(today), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            await file.WriteAsync(lines);
            if (_swept != today)
            {
                _swept = today;
                Sweep(today);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            PipelineLog.TracesNotWritten(_log, e.Message);
        }
    }

    private void Sweep(DateOnly today)
    {
        DateOnly oldest = today.AddDays(-(int)Math.Ceiling(_retention().TotalDays));
        foreach (string path in Directory.EnumerateFiles(_folder, "*.jsonl"))
        {
            if (DateOnly.TryParseExact(Path.GetFileNameWithoutExtension(path), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)
                && day < oldest)
            {
                File.Delete(path);
            }
        }
    }

    private string Segment(DateOnly day) => Path.Combine(_folder, $"{day:yyyy-MM-dd}.jsonl");
}
