using System.Buffers.Binary;

namespace PluginMail.Dlp.Fingerprints;

/// <summary>
/// Writes segments: under another name first, and on the disk before it gets its own. The bounds of the buckets and the entries are written side
/// by side as the pairs come, so that a segment of any size takes the memory of two buffers.
/// </summary>
internal static class SegmentWriter
{
    private const int BufferLength = 1 << 16;

    /// <summary>Writes a segment.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="form">How it is laid out.</param>
    /// <param name="pairs">Hash and document, sorted, each once; no document is outside of what the form has room for.</param>
    /// <param name="perHash">Documents that are kept of one hash; what more of them share says nothing.</param>
    /// <param name="cancellationToken">Gives up; the draft stays and is removed at the next start.</param>
    /// <returns>The segment, opened.</returns>
    /// <exception cref="IOException">The disk is full or fails.</exception>
    public static Segment Write(string path, SegmentForm form, IEnumerable<ulong> pairs, int perHash, CancellationToken cancellationToken)
    {
        string draft = path + ".new";
        using (var entries = new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, BufferLength))
        {
            using (var bounds = new FileStream(draft, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, BufferLength))
            {
                Write(entries, bounds, form, pairs, perHash, cancellationToken);
            }

            entries.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
        return Segment.Open(path) ?? throw new IOException($"{path} cannot be read back");
    }

    private static void Write(
        FileStream entries, FileStream bounds, SegmentForm form, IEnumerable<ulong> pairs, int perHash, CancellationToken cancellationToken)
    {
        entries.Position = form.EntriesOffset;
        bounds.Position = SegmentForm.HeaderLength;
        Span<byte> octets = stackalloc byte[sizeof(ulong)];
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

            bucket = Bound(bounds, bucket, form.Bucket(hash), count);
            BinaryPrimitives.WriteUInt64LittleEndian(octets, form.Entry(hash, (int)(pair & 0xFFFFFF)));
            entries.Write(octets[..form.EntryLength]);
            if ((++count & 0xFFFF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        octets.Clear();
        entries.Write(octets[..SegmentForm.TrailerLength]);
        Bound(bounds, bucket, 1 << form.BucketBits, count);
        Span<byte> header = stackalloc byte[SegmentForm.HeaderLength];
        form.Write(header, count);
        entries.Position = 0;
        entries.Write(header);
    }

    private static int Bound(FileStream bounds, int from, int to, uint count)
    {
        Span<byte> octets = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(octets, count);
        for (int bucket = from + 1; bucket <= to; bucket++)
        {
            bounds.Write(octets);
        }

        return to;
    }
}
