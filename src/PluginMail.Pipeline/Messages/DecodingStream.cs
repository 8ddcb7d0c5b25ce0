using System.Buffers;
using PluginMail.Mime;

namespace PluginMail.Pipeline;

/// <summary>A part's octets with the transfer encoding removed, as a stream to be read once.</summary>
internal sealed class DecodingStream : Stream
{
    private readonly Stream _encoded;
    private readonly TransferDecoder _decoder;
    private readonly ArrayBufferWriter<byte> _decoded = new(16384);
    private readonly byte[] _block = new byte[12288];
    private int _given;
    private bool _isFinished;

    private DecodingStream(Stream encoded, TransferDecoder decoder)
    {
        _encoded = encoded;
        _decoder = decoder;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The stream itself where nothing is to be removed.</summary>
    public static Stream For(Stream encoded, TransferEncoding encoding) => encoding
        is TransferEncoding.Base64 or TransferEncoding.QuotedPrintable or TransferEncoding.UUEncode
            ? new DecodingStream(encoded, TransferDecoder.Create(encoding))
            : encoded;

    public override int Read(Span<byte> buffer)
    {
        while (_given == _decoded.WrittenCount && !_isFinished)
        {
            _decoded.ResetWrittenCount();
            _given = 0;
            int read = _encoded.Read(_block);
            if (read == 0)
            {
                _decoder.Finish(_decoded);
                _isFinished = true;
            }
            else
            {
                _decoder.Append(_block.AsSpan(0, read), _decoded);
            }
        }

        ReadOnlySpan<byte> left = _decoded.WrittenSpan[_given..];
        int count = Math.Min(left.Length, buffer.Length);
        left[..count].CopyTo(buffer);
        _given += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _encoded.Dispose();
        }

        base.Dispose(disposing);
    }
}
