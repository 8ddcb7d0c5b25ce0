using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;

namespace PluginMail.Dlp.Fingerprints;

/// <summary>
/// A part of the index: a file of hashes with the documents that have them, sorted, never changed once it is there. It is mapped, not read:
/// what mail asks for stays in the system's page cache, and none of it counts as the process's own memory.
/// </summary>
/// <remarks>
/// The file: eight octets of magic and version, the number of entries (64 bits), the number of bucket bits (64 bits), all little-endian; the
/// number of the first entry of each bucket, and of the end (32 bits each); the entries. A bucket is the hashes with the same high bits; an
/// entry is the bits below (24 bits) and the number of a document (24 bits).
/// </remarks>
internal sealed class Segment : IDisposable
{
    public const int HeaderLength = 24;
    public const int EntryLength = 6;
    public const int LeastBucketBits = 16;
    public const int MostBucketBits = 22;
    private const int EntriesAtOnce = 64;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly int _bucketBits;
    private readonly ulong _entries;
    private int _users = 1;

    private Segment(string path, MemoryMappedFile file, MemoryMappedViewAccessor view, long entries, int bucketBits)
    {
        Path = path;
        _file = file;
        _view = view;
        Entries = entries;
        _bucketBits = bucketBits;
        _entries = EntriesOffset(bucketBits);
    }

    /// <summary>Of version 1.</summary>
    public static ReadOnlySpan<byte> Magic => "PMDLPSG1"u8;

    /// <summary>Where it lies.</summary>
    public string Path { get; }

    /// <summary>How many pairs of a hash and a document there are.</summary>
    public long Entries { get; }

    /// <summary>Opens a file.</summary>
    /// <returns>Null where it is missing or is none.</returns>
    public static Segment? Open(string path)
    {
        try
        {
            long length = new FileInfo(path).Length;
            var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
            var view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            Span<byte> header = stackalloc byte[HeaderLength];
            if (length >= HeaderLength)
            {
                view.SafeMemoryMappedViewHandle.ReadSpan(0, header);
                long entries = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
                long bits = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
                if (header.StartsWith(Magic) && bits is >= LeastBucketBits and <= MostBucketBits && entries is >= 0 and <= uint.MaxValue
                    && length == (long)EntriesOffset((int)bits) + (entries * EntryLength))
                {
                    return new Segment(path, file, view, entries, (int)bits);
                }
            }

            view.Dispose();
            file.Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Where the entries begin.</summary>
    public static ulong EntriesOffset(int bucketBits) => HeaderLength + (4UL * ((1UL << bucketBits) + 1));

    /// <summary>Finds the documents with a hash.</summary>
    /// <param name="hash">Of <see cref="Winnower.HashBits"/> bits.</param>
    /// <param name="documents">Takes their numbers, as many as there is room for.</param>
    /// <returns>How many were taken.</returns>
    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    public int Find(ulong hash, Span<int> documents)
    {
        int below = Winnower.HashBits - _bucketBits;
        ulong bucket = hash >> below;
        uint rest = (uint)(hash & ((1UL << below) - 1));
        Span<uint> bounds = stackalloc uint[2];
        var handle = _view.SafeMemoryMappedViewHandle;
        handle.ReadSpan(HeaderLength + (4 * bucket), bounds);
        Span<byte> entries = stackalloc byte[EntriesAtOnce * EntryLength];
        int count = 0;
        for (uint next = bounds[0]; next < bounds[1] && next < Entries && count < documents.Length;)
        {
            var some = entries[..((int)Math.Min(EntriesAtOnce, bounds[1] - next) * EntryLength)];
            handle.ReadSpan(_entries + ((ulong)next * EntryLength), some);
            for (int i = 0; i < some.Length && count < documents.Length; i += EntryLength)
            {
                uint here = Take24(some[i..]);
                if (here > rest)
                {
                    return count;
                }

                if (here == rest)
                {
                    documents[count++] = (int)Take24(some[(i + 3)..]);
                }
            }

            next += EntriesAtOnce;
        }

        return count;
    }

    /// <summary>All pairs in their order: the hash above, the document in the low 24 bits.</summary>
    public IEnumerable<ulong> ReadAll()
    {
        const int Buckets = 1024;
        int below = Winnower.HashBits - _bucketBits;
        uint[] bounds = new uint[Buckets + 1];
        byte[] entries = [];
        for (ulong first = 0; first < 1UL << _bucketBits; first += Buckets)
        {
            _view.SafeMemoryMappedViewHandle.ReadSpan<uint>(HeaderLength + (4 * first), bounds);
            int length = checked((int)(bounds[Buckets] - bounds[0]) * EntryLength);
            entries = entries.Length < length ? new byte[length] : entries;
            _view.SafeMemoryMappedViewHandle.ReadSpan(_entries + ((ulong)bounds[0] * EntryLength), entries.AsSpan(0, length));
            for (int bucket = 0; bucket < Buckets; bucket++)
            {
                for (uint i = bounds[bucket]; i < bounds[bucket + 1]; i++)
                {
                    int at = (int)(i - bounds[0]) * EntryLength;
                    ulong hash = ((first + (ulong)bucket) << below) | Take24(entries.AsSpan(at));
                    yield return (hash << 24) | Take24(entries.AsSpan(at + 3));
                }
            }
        }
    }

    /// <summary>One more that uses it.</summary>
    public Segment Use()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    /// <summary>One less; the last one closes it.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _view.Dispose();
            _file.Dispose();
        }
    }

    private static uint Take24(ReadOnlySpan<byte> octets) => octets[0] | ((uint)octets[1] << 8) | ((uint)octets[2] << 16);
}
