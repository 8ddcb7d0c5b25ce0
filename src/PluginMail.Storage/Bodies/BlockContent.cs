using System.Buffers;
using Microsoft.Win32.SafeHandles;
using PluginMail.Abstractions;

namespace PluginMail.Storage;

/// <summary>A message of many blocks, read from its file as it is asked for; each block is checked when it is first touched.</summary>
internal sealed class BlockContent(
    StoredMessage message, SafeFileHandle handle, bool ownsHandle, long start, uint[] checksums, BodyLeases leases) : MessageContent
{
    private readonly bool[] _checked = new bool[checksums.Length];
    private int _disposed;

    public override long Length => message.Size;

    public override int Read(long offset, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        int copied = 0;
        ReadOnlySpan<byte> prefix = message.Prefix.Span;
        if (offset < prefix.Length)
        {
            copied = Math.Min(prefix.Length - (int)offset, destination.Length);
            prefix.Slice((int)offset, copied).CopyTo(destination);
        }

        long position = offset + copied - prefix.Length;
        while (copied < destination.Length && position < message.BodyLength)
        {
            int read = ReadBlock(position, destination[copied..]);
            copied += read;
            position += read;
        }

        return copied;
    }

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            if (ownsHandle)
            {
                handle.Dispose();
            }

            leases.Return(message.Body);
        }

        base.Dispose(disposing);
    }

    private int ReadBlock(long position, Span<byte> destination)
    {
        int block = (int)(position / BlockChecksums.BlockSize);
        long blockStart = (long)block * BlockChecksums.BlockSize;
        int blockLength = (int)Math.Min(BlockChecksums.BlockSize, message.BodyLength - blockStart);
        int within = (int)(position - blockStart);
        int count = Math.Min(destination.Length, blockLength - within);
        if (_checked[block])
        {
            ReadFully(destination[..count], position);
            return count;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(blockLength);
        try
        {
            Span<byte> octets = buffer.AsSpan(0, blockLength);
            ReadFully(octets, blockStart);
            if (Checksum.Of(octets) != checksums[block])
            {
                throw BodyStore.Corrupt(message.Body, $"wrong checksum of block {block}");
            }

            _checked[block] = true;
            octets.Slice(within, count).CopyTo(destination);
            return count;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void ReadFully(Span<byte> destination, long position)
    {
        if (RandomAccess.Read(handle, destination, start + position) < destination.Length)
        {
            throw BodyStore.Corrupt(message.Body, "its file ends too early");
        }
    }
}
