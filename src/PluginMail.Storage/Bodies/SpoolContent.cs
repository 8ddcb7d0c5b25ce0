using PluginMail.Abstractions;

namespace PluginMail.Storage;

/// <summary>The octets of a spool: pooled chunks in memory, or a file. The spool owns both.</summary>
internal sealed class SpoolContent(IReadOnlyList<ArraySegment<byte>> chunks, SpoolFile? file, long length, uint[] checksums) : MessageContent
{
    public override long Length => length;

    /// <summary>The checksums of its blocks.</summary>
    public uint[] Checksums => checksums;

    /// <summary>The file it lies in; null where it lies in memory.</summary>
    public SpoolFile? File => file;

    public override int Read(long offset, Span<byte> destination)
    {
        if (offset >= length)
        {
            return 0;
        }

        destination = destination[..(int)Math.Min(destination.Length, length - offset)];
        return file is not null ? RandomAccess.Read(file.Handle, destination, offset) : ReadChunks(offset, destination);
    }

    public override bool TryGetMemory(out ReadOnlyMemory<byte> memory)
    {
        if (file is null && chunks.Count <= 1)
        {
            memory = chunks.Count == 0 ? default : chunks[0].AsMemory();
            return true;
        }

        memory = default;
        return false;
    }

    private int ReadChunks(long offset, Span<byte> destination)
    {
        int copied = 0;
        foreach (ArraySegment<byte> chunk in chunks)
        {
            if (offset >= chunk.Count)
            {
                offset -= chunk.Count;
                continue;
            }

            ReadOnlySpan<byte> source = chunk.AsSpan((int)offset);
            int count = Math.Min(source.Length, destination.Length - copied);
            source[..count].CopyTo(destination[copied..]);
            copied += count;
            offset = 0;
            if (copied == destination.Length)
            {
                break;
            }
        }

        return copied;
    }
}
