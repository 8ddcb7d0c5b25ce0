using System.Globalization;
using System.Text;

namespace PluginMail.Plugins;

/// <summary>
/// What a command writes, on its way to the one who reads it. Safe for several threads, and without effect once nobody reads any more. What waits
/// to be read is bounded: asynchronous writers wait for the reader; what others write beyond the bound is cut out, and a line says so.
/// </summary>
internal sealed class CommandOutput : TextWriter
{
    /// <summary>Characters that may wait while an asynchronous writer goes on.</summary>
    public const int Comfortable = 64 << 10;

    /// <summary>Characters that may wait at all.</summary>
    public const int MostWaiting = 4 << 20;

    /// <summary>The most that is read at once.</summary>
    public const int LongestChunk = 32 << 10;

    private readonly Lock _lock = new();
    private readonly StringBuilder _waiting = new();
    private TaskCompletionSource _written = New();
    private TaskCompletionSource _read = New();
    private long _cut;
    private bool _isOver;

    public CommandOutput()
        : base(CultureInfo.InvariantCulture)
    {
    }

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            int room = _cut > 0 ? 0 : Math.Min(buffer.Length, MostWaiting - _waiting.Length);
            _waiting.Append(buffer[..room]);
            _cut += buffer.Length - room;
            _written.TrySetResult();
        }
    }

    public override void WriteLine(string? value) => Write(value + NewLine);

    public override Task WriteAsync(char value) => WriteAsync(value.ToString().AsMemory(), CancellationToken.None);

    public override Task WriteAsync(string? value) => WriteAsync(value.AsMemory(), CancellationToken.None);

    public override Task WriteAsync(char[] buffer, int index, int count) => WriteAsync(buffer.AsMemory(index, count), CancellationToken.None);

    public override async Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int length = Math.Min(buffer.Length, LongestChunk);
            Write(buffer.Span[..length]);
            buffer = buffer[length..];
            await WaitForReaderAsync(cancellationToken);
            if (buffer.IsEmpty)
            {
                return;
            }
        }
    }

    public override Task WriteLineAsync() => WriteAsync(NewLine);

    public override Task WriteLineAsync(char value) => WriteAsync(value + NewLine);

    public override Task WriteLineAsync(string? value) => WriteAsync(value + NewLine);

    public override Task WriteLineAsync(char[] buffer, int index, int count) => WriteAsync(new string(buffer, index, count) + NewLine);

    public override Task WriteLineAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default) =>
        WriteAsync(string.Concat(buffer.Span, NewLine).AsMemory(), cancellationToken);

    public override Task FlushAsync() => WaitForReaderAsync(CancellationToken.None);

    public override Task FlushAsync(CancellationToken cancellationToken) => WaitForReaderAsync(cancellationToken);

    /// <summary>Waits for what was written. For one reader.</summary>
    /// <returns>A part of it, never half a character; null where all was read and no more will come.</returns>
    public async ValueTask<string?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task written;
            lock (_lock)
            {
                if (Take() is { } text)
                {
                    return text;
                }

                if (_isOver)
                {
                    return null;
                }

                _written = _written.Task.IsCompleted ? New() : _written;
                written = _written.Task;
            }

            await written.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The command has ended: what waits is still read, and nothing more is taken.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _isOver = true;
            _written.TrySetResult();
            _read.TrySetResult();
        }
    }

    /// <summary>Nobody reads any more: forgets what waits, and lets every writer go on.</summary>
    public void Abandon()
    {
        lock (_lock)
        {
            _waiting.Clear();
            _cut = 0;
            Complete();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The next part; null where nothing waits. Half a surrogate pair at the end waits for its other half, as long as one can come.</summary>
    private string? Take()
    {
        int length = Math.Min(_waiting.Length, LongestChunk);
        if (length > 0 && char.IsHighSurrogate(_waiting[length - 1]) && !(_isOver && length == _waiting.Length) && !(length == 1 && _cut > 0))
        {
            length--;
        }

        if (length == 0)
        {
            return TakeCut();
        }

        string text = _waiting.ToString(0, length);
        _waiting.Remove(0, length);
        if (_waiting.Length < Comfortable)
        {
            _read.TrySetResult();
        }

        return text;
    }

    private string? TakeCut()
    {
        if (_cut == 0)
        {
            return null;
        }

        string line = string.Create(CultureInfo.InvariantCulture, $"{NewLine}… (output cut: {_cut} characters were written faster than they were read){NewLine}");
        _cut = 0;
        return line;
    }

    private async Task WaitForReaderAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task read;
            lock (_lock)
            {
                if (_isOver || _waiting.Length < Comfortable)
                {
                    return;
                }

                _read = _read.Task.IsCompleted ? New() : _read;
                read = _read.Task;
            }

            await read.WaitAsync(cancellationToken);
        }
    }
}
