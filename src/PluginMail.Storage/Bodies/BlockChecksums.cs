using System.Buffers;
using PluginMail.Abstractions;

namespace PluginMail.Storage;

/// <summary>The checksums of a body's blocks of 64 KiB, computed while it is written; so a partial read checks only what it touches.</summary>
internal sealed class BlockChecksums
{
    public const int BlockSize = 64 << 10;

    private readonly List<uint> _blocks = [];
    private uint _crc = Checksum.Seed;
    private int _filled;

    public static int CountFor(long length) => (int)((length + BlockSize - 1) / BlockSize);

    public void Append(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            int taken = Math.Min(octets.Length, BlockSize - _filled);
            _crc = Checksum.Append(_crc, octets[..taken]);
            _filled += taken;
            octets = octets[taken..];
            if (_filled == BlockSize)
            {
                EndBlock();
            }
        }
    }

    /// <summary>Ends the body.</summary>
    /// <returns>One checksum a block.</returns>
    public uint[] Complete()
    {
        if (_filled > 0)
        {
            EndBlock();
        }

        return [.. _blocks];
    }

    /// <summary>The checksums of a content that was not written through a spool.</summary>
    public static uint[] Of(MessageContent content)
    {
        if (content.TryGetMemory(out ReadOnlyMemory<byte> memory) && memory.Length is > 0 and <= BlockSize)
        {
            return [Checksum.Of(memory.Span)];
        }

        var checksums = new BlockChecksums();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            for (long offset = 0; offset < content.Length;)
            {
                int read = content.Read(offset, buffer.AsSpan(0, BlockSize));
                if (read == 0)
                {
                    throw new StoreUnavailableException("A body ended before its length", isDiskFull: false);
                }

                checksums.Append(buffer.AsSpan(0, read));
                offset += read;
            }

            return checksums.Complete();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void EndBlock()
    {
        _blocks.Add(Checksum.Finish(_crc));
        _crc = Checksum.Seed;
        _filled = 0;
    }
}
