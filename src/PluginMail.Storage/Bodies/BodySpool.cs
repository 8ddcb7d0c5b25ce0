using System.Buffers;
using PluginMail.Abstractions;

namespace PluginMail.Storage;

/// <summary>A body that is being received: pooled chunks of 16 and 64 KiB up to a bound, then a file beside the bodies.</summary>
internal sealed class BodySpool(DurableDisk disk, StoreLayout layout, int memoryLimit) : IBodySpool
{
    private const int FirstChunk = 16 << 10;
    private const int NextChunk = 64 << 10;

    private readonly List<ArraySegment<byte>> _chunks = [];
    private readonly BlockChecksums _checksums = new();
    private SpoolFile? _file;
    private long _written;
    private SpoolContent? _content;
    private volatile bool _isLeft;

    public long Length { get; private set; }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(octets.Span);
        return ValueTask.CompletedTask;
    }

    public void Write(ReadOnlySpan<byte> octets)
    {
        _checksums.Append(octets);
        Length += octets.Length;
        while (!octets.IsEmpty)
        {
            ArraySegment<byte> chunk = Room();
            int used = chunk.Count;
            int taken = Math.Min(octets.Length, chunk.Array!.Length - used);
            octets[..taken].CopyTo(chunk.Array.AsSpan(used));
            _chunks[^1] = new ArraySegment<byte>(chunk.Array, 0, used + taken);
            octets = octets[taken..];
        }

        if (_file is null && Length > memoryLimit)
        {
            FlushToFile();
        }
    }

    public ValueTask<MessageContent> CompleteAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_content is null)
        {
            if (_file is not null)
            {
                FlushToFile();
                ReturnChunks();
            }

            _content = new SpoolContent(_chunks, _file, Length, _checksums.Complete());
        }

        return new ValueTask<MessageContent>(_content);
    }

    public void LeaveMemory() => _isLeft = true;

    public ValueTask DisposeAsync()
    {
        if (!_isLeft)
        {
            ReturnChunks();
        }

        _content?.Dispose();
        _file?.Dispose();
        return ValueTask.CompletedTask;
    }

    private ArraySegment<byte> Room()
    {
        if (_chunks.Count > 0 && _chunks[^1].Count < _chunks[^1].Array!.Length)
        {
            return _chunks[^1];
        }

        if (_file is not null || _chunks.Sum(static chunk => chunk.Count) >= memoryLimit)
        {
            FlushToFile();
            return _chunks[0];
        }

        byte[] array = ArrayPool<byte>.Shared.Rent(_chunks.Count == 0 ? FirstChunk : NextChunk);
        _chunks.Add(new ArraySegment<byte>(array, 0, 0));
        return _chunks[^1];
    }

    /// <summary>Writes the chunks out and keeps one of them, empty.</summary>
    private void FlushToFile()
    {
        try
        {
            _file ??= new SpoolFile(Path.Combine(layout.Spool, $"{Guid.NewGuid():n}.spool"));
            foreach (ArraySegment<byte> chunk in _chunks)
            {
                disk.Write(_file.Handle, chunk, _written);
                _written += chunk.Count;
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw DurableDisk.Translate(fault);
        }

        for (int i = 0; i < _chunks.Count - 1; i++)
        {
            ArrayPool<byte>.Shared.Return(_chunks[i].Array!);
        }

        byte[] kept = _chunks[^1].Array!;
        _chunks.Clear();
        _chunks.Add(new ArraySegment<byte>(kept, 0, 0));
    }

    private void ReturnChunks()
    {
        foreach (ArraySegment<byte> chunk in _chunks)
        {
            ArrayPool<byte>.Shared.Return(chunk.Array!);
        }

        _chunks.Clear();
    }
}
