using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using PluginMail.Abstractions;

namespace PluginMail.Storage;

/// <summary>A message of one block at most: read with its record in one call, checked, and given as one piece of memory with its prefix.</summary>
internal sealed class SmallContent : MessageContent, IOutlivedContent
{
    private readonly BodyKey _key;
    private readonly BodyLeases _leases;
    private readonly int _start;
    private readonly int _length;
    private byte[]? _buffer;
    private volatile bool _isOutlived;

    private SmallContent(BodyKey key, BodyLeases leases, byte[] buffer, int start, int length)
    {
        (_key, _leases, _buffer, _start, _length) = (key, leases, buffer, start, length);
    }

    public override long Length => _length;

    public static SmallContent Read(StoredMessage message, SafeFileHandle handle, BodyLeases leases)
    {
        ReadOnlySpan<byte> prefix = message.Prefix.Span;
        int length = (int)message.BodyLength;
        int head = BodyRecord.MarkLength + (BlockChecksums.CountFor(length) * sizeof(uint));
        int recordStart = Math.Max(0, prefix.Length - head);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(recordStart + head + length);
        try
        {
            Span<byte> record = buffer.AsSpan(recordStart, head + length);
            int read = RandomAccess.Read(handle, record, BodyLocation.Offset(message.Body));
            Check(message, record[..read], head);
            int contentStart = recordStart + head;
            prefix.CopyTo(buffer.AsSpan(contentStart - prefix.Length));
            return new SmallContent(message.Body, leases, buffer, contentStart - prefix.Length, prefix.Length + length);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    public override int Read(long offset, Span<byte> destination)
    {
        byte[]? buffer = _buffer; // read once: a call that nobody waits for may read while it is disposed
        ObjectDisposedException.ThrowIf(buffer is null, this);
        if (offset >= _length)
        {
            return 0;
        }

        int count = (int)Math.Min(destination.Length, _length - offset);
        buffer.AsSpan(_start + (int)offset, count).CopyTo(destination);
        return count;
    }

    public override bool TryGetMemory(out ReadOnlyMemory<byte> memory)
    {
        ObjectDisposedException.ThrowIf(_buffer is null, this);
        memory = _buffer.AsMemory(_start, _length);
        return true;
    }

    public void Outlive() => _isOutlived = true;

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            if (!_isOutlived)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            _leases.Return(_key);
        }

        base.Dispose(disposing);
    }

    private static void Check(StoredMessage message, ReadOnlySpan<byte> record, int head)
    {
        if (record.Length < head + message.BodyLength || !BodyRecord.TryRead(record, out BodyRecord mark)
            || mark.Key != message.Body.Value || mark.Length != message.BodyLength)
        {
            throw BodyStore.Corrupt(message.Body, "no record of it where it should lie");
        }

        if (message.BodyLength > 0
            && Checksum.Of(record[head..]) != BinaryPrimitives.ReadUInt32LittleEndian(record[BodyRecord.MarkLength..]))
        {
            throw BodyStore.Corrupt(message.Body, "wrong checksum");
        }
    }
}
