using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace PluginMail.Dlp.Fingerprints;

/// <summary>
/// A part of the index: a file of hashes with the documents that have them, sorted, never changed once it is there. It is mapped, not read:
/// what mail asks for stays in the system's page cache. <see cref="SegmentForm"/> says what is where.
/// </summary>
internal sealed class Segment : IDisposable
{
    /// <summary>Hashes that <see cref="Fetch"/> takes.</summary>
    public const int MostFetched = 64;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly SegmentForm _form;
    private readonly unsafe byte* _start;
    private int _users = 1;

    private unsafe Segment(string path, MemoryMappedFile file, MemoryMappedViewAccessor view, SegmentForm form, long entries)
    {
        Path = path;
        _file = file;
        _view = view;
        _form = form;
        Entries = entries;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += view.PointerOffset;
    }

    /// <summary>Where it lies.</summary>
    public string Path { get; }

    /// <summary>How many pairs of a hash and a document there are.</summary>
    public long Entries { get; }

    /// <summary>No document has a lesser number.</summary>
    public int FirstDocument => _form.FirstDocument;

    /// <summary>No document has a greater number.</summary>
    public int LastDocument => _form.LastDocument;

    /// <summary>Opens a file.</summary>
    /// <returns>Null where it is missing or is none.</returns>
    /// <exception cref="IOException">It is there and cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static Segment? Open(string path)
    {
        try
        {
            long length = new FileInfo(path).Length;
            var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
            var view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            Span<byte> header = stackalloc byte[SegmentForm.HeaderLength];
            if (length >= header.Length)
            {
                view.SafeMemoryMappedViewHandle.ReadSpan(0, header);
                if (SegmentForm.Read(header, length) is { } read)
                {
                    return new Segment(path, file, view, read.Form, read.Entries);
                }
            }

            view.Dispose();
            file.Dispose();
            return null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or ArgumentException)
        {
            // An empty file cannot be mapped.
            return null;
        }
    }

    /// <summary>
    /// Has the processor fetch what is to be asked for next. Each question of a large index waits for memory twice; of many asked at once the
    /// waits are one.
    /// </summary>
    /// <param name="hashes">No more than <see cref="MostFetched"/>.</param>
    /// <returns>A number that means nothing; it keeps the reading from being left out.</returns>
    public int Fetch(ReadOnlySpan<ulong> hashes)
    {
        Span<uint> first = stackalloc uint[hashes.Length];
        for (int i = 0; i < hashes.Length; i++)
        {
            first[i] = Bound(_form.Bucket(hashes[i]));
        }

        int sum = 0;
        foreach (uint entry in first)
        {
            sum += (int)Entry(Math.Min(entry, Entries));
        }

        return sum;
    }

    /// <summary>Finds the documents with a hash. It must not be closed yet.</summary>
    /// <param name="hash">Of <see cref="Winnower.HashBits"/> bits.</param>
    /// <param name="documents">Takes their numbers, as many as there is room for.</param>
    /// <returns>How many were taken.</returns>
    public int Find(ulong hash, Span<int> documents)
    {
        int bucket = _form.Bucket(hash);
        ulong rest = _form.Rest(hash);
        long end = Math.Min(Bound(bucket + 1), Entries);
        int count = 0;
        for (long next = Bound(bucket); next < end && count < documents.Length; next++)
        {
            ulong entry = Entry(next);
            ulong here = _form.RestOf(entry);
            if (here > rest)
            {
                break;
            }

            if (here == rest)
            {
                documents[count++] = _form.Document(entry);
            }
        }

        return count;
    }

    /// <summary>
    /// All pairs in their order: the hash above, the document in the low 24 bits. They are read, not mapped: what is gone through once need not stay.
    /// </summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public IEnumerable<ulong> ReadAll()
    {
        const int Buckets = 1024;
        using var file = File.OpenHandle(Path, options: FileOptions.SequentialScan);
        byte[] bounds = new byte[4 * (Buckets + 1)];
        byte[] entries = [];
        int length = _form.EntryLength;
        for (long first = 0; first < 1L << _form.BucketBits; first += Buckets)
        {
            ReadExactly(file, bounds, SegmentForm.HeaderLength + (4 * first));
            uint start = Bound(bounds, 0);
            int octets = checked(((int)(Bound(bounds, Buckets) - start) * length) + SegmentForm.TrailerLength);
            entries = entries.Length < octets ? new byte[octets] : entries;
            ReadExactly(file, entries.AsSpan(0, octets), _form.EntriesOffset + ((long)start * length));
            for (int bucket = 0; bucket < Buckets; bucket++)
            {
                ulong high = (ulong)(first + bucket) << _form.RestBits;
                for (uint i = Bound(bounds, bucket) - start; i < Bound(bounds, bucket + 1) - start; i++)
                {
                    ulong entry = BinaryPrimitives.ReadUInt64LittleEndian(entries.AsSpan((int)i * length));
                    yield return ((high | _form.RestOf(entry)) << 24) | (uint)_form.Document(entry);
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
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }

    private unsafe uint Bound(int bucket) =>
        BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(_start + SegmentForm.HeaderLength + (4L * bucket), sizeof(uint)));

    private unsafe ulong Entry(long number) =>
        BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(_start + _form.EntriesOffset + (number * _form.EntryLength), sizeof(ulong)));

    private static uint Bound(byte[] bounds, int bucket) => BinaryPrimitives.ReadUInt32LittleEndian(bounds.AsSpan(4 * bucket));

    private static void ReadExactly(SafeFileHandle file, Span<byte> octets, long offset)
    {
        while (!octets.IsEmpty)
        {
            int count = RandomAccess.Read(file, octets, offset);
            if (count == 0)
            {
                throw new EndOfStreamException("a segment is shorter than it says");
            }

            octets = octets[count..];
            offset += count;
        }
    }
}
