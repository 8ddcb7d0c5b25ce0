using System.Buffers.Binary;
using System.Numerics;

namespace PluginMail.Dlp.Fingerprints;

/// <summary>Writes segments: under another name first, and on the disk before it gets its own.</summary>
internal static class SegmentWriter
{
    /// <summary>Writes a segment.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="pairs">Hash and document, sorted, each once.</param>
    /// <param name="most">No fewer than there are; decides on the number of buckets.</param>
    /// <param name="perHash">Documents that are kept of one hash; what more of them share says nothing.</param>
    /// <param name="cancellationToken">Gives up; the draft stays and is removed at the next start.</param>
    /// <returns>The segment, opened.</returns>
    /// <exception cref="IOException">The disk is full or fails.</exception>
    public static Segment Write(string path, IEnumerable<ulong> pairs, long most, int perHash, CancellationToken cancellationToken)
    {
        int bits = Math.Clamp(BitOperations.Log2((ulong)Math.Max(1, most)) - 2, Segment.LeastBucketBits, Segment.MostBucketBits);
        string draft = path + ".new";
        using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
        {
            Write(file, pairs, bits, perHash, cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
        return Segment.Open(path) ?? throw new IOException($"{path} cannot be read back");
    }

    private static void Write(FileStream file, IEnumerable<ulong> pairs, int bits, int perHash, CancellationToken cancellationToken)
    {
        int below = Winnower.HashBits - bits;
        byte[] bounds = new byte[4 * ((1 << bits) + 1)];
        file.Position = (long)Segment.EntriesOffset(bits);
        Span<byte> entry = stackalloc byte[Segment.EntryLength];
        uint count = 0;
        int bucket = -1;
        ulong last = ulong.MaxValue;
        int same = 0;
        foreach (ulong pair in pairs)
        {
            ulong hash = pair >> 24;
            same = hash == last ? same + 1 : 0;
            last = hash;
            if (same >= perHash)
            {
                continue;
            }

            bucket = Fill(bounds, bucket, (int)(hash >> below), count);
            BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)hash);
            entry[2] = (byte)((hash & ((1UL << below) - 1)) >> 16);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[3..], (ushort)pair);
            entry[5] = (byte)(pair >> 16);
            file.Write(entry);
            if ((++count & 0xFFFF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        Fill(bounds, bucket, 1 << bits, count);
        Span<byte> header = stackalloc byte[Segment.HeaderLength];
        Segment.Magic.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], count);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], bits);
        file.Position = 0;
        file.Write(header);
        file.Write(bounds);
    }

    private static int Fill(byte[] bounds, int from, int to, uint count)
    {
        for (int bucket = from + 1; bucket <= to; bucket++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bounds.AsSpan(4 * bucket), count);
        }

        return to;
    }
}
