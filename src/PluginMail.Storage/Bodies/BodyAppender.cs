using System.Runtime.InteropServices;

namespace PluginMail.Storage;

/// <summary>The writer's end of the bodies: gathers a batch's records, writes and syncs them once, before the rows that name them are committed.</summary>
/// <remarks>Used by the writer's thread alone.</remarks>
internal sealed class BodyAppender(StoreLayout layout, DurableDisk disk, PackSegments segments, long segmentSize)
{
    private const int BufferSize = 1 << 20;

    private readonly List<(string From, string To, PreparedBody Body)> _renamed = [];
    private readonly HashSet<string> _foldersToSync = [];
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize);
    private int _buffered;
    private int _segment = 1;
    private long _written;
    private bool _needsSync;
    private long _attempt;

    private long End => _written + _buffered;

    /// <summary>Goes on behind the last committed record.</summary>
    public void Open(int segment, long length)
    {
        bool isNew = !File.Exists(layout.Segment(segment));
        _segment = segment;
        _written = length;
        _ = segments.GetOrCreate(segment);
        segments.CommittedEnd = (segment, length);
        if (isNew)
        {
            disk.SyncFolder(layout.Bodies);
        }
    }

    public void Begin() => _attempt++;

    /// <summary>Gives a body its place; its octets are on disk after <see cref="Flush"/>.</summary>
    /// <param name="body">The body.</param>
    /// <param name="nextFile">Gives the number for a file of its own.</param>
    /// <returns>True where it got its place by this call.</returns>
    public bool Place(PreparedBody body, Func<long> nextFile)
    {
        if (!body.Begin(_attempt))
        {
            return false;
        }

        if (body.File is not null)
        {
            PlaceFile(body, nextFile());
        }
        else
        {
            PlaceRecord(body);
        }

        return true;
    }

    /// <summary>Brings everything placed so far to the disk.</summary>
    public void Flush()
    {
        WriteBuffer();
        if (_needsSync)
        {
            disk.Sync(segments.Get(_segment));
            _needsSync = false;
        }

        foreach (string folder in _foldersToSync)
        {
            disk.SyncFolder(folder);
        }

        _foldersToSync.Clear();
    }

    /// <summary>The rows are committed.</summary>
    public void Commit()
    {
        foreach ((_, _, PreparedBody body) in _renamed)
        {
            body.Commit();
        }

        _renamed.Clear();
        segments.CommittedEnd = (_segment, _written);
    }

    /// <summary>The rows were not committed.</summary>
    /// <param name="isCommitUncertain">The commit itself failed: after a crash it might be found whole, so nothing is taken back; the room is reclaimed later.</param>
    public void Abandon(bool isCommitUncertain)
    {
        _buffered = 0;
        _needsSync = true;
        _foldersToSync.Clear();
        foreach ((string from, string to, PreparedBody body) in _renamed)
        {
            if (isCommitUncertain || !TryTakeBack(() => File.Move(to, from)))
            {
                body.Commit(); // an orphan, which reclaiming finds
            }
        }

        _renamed.Clear();
        (int segment, long length) = segments.CommittedEnd;
        long end = segment == _segment ? length : 0;
        if (!isCommitUncertain && TryTakeBack(() => RandomAccess.SetLength(segments.Get(_segment), end)))
        {
            _written = end;
        }
        else
        {
            _written = BodyRecord.Align(RandomAccess.GetLength(segments.Get(_segment)));
        }
    }

    private static bool TryTakeBack(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void PlaceFile(PreparedBody body, long number)
    {
        string to = layout.LargeBody(number);
        string folder = Path.GetDirectoryName(to)!;
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            _foldersToSync.Add(layout.LargeBodies);
        }

        disk.Rename(body.File!, to);
        _renamed.Add((body.File!, to, body));
        _foldersToSync.Add(folder);
        body.Place(BodyLocation.File(number));
    }

    private void PlaceRecord(PreparedBody body)
    {
        long packed = BodyRecord.PackedLengthOf(body.Length, body.Structure.Length);
        if (End > 0 && End + packed > segmentSize)
        {
            NextSegment();
        }

        if (_buffered + packed > _buffer.Length)
        {
            WriteBuffer();
            if (packed > _buffer.Length)
            {
                _buffer = GC.AllocateUninitializedArray<byte>((int)packed);
            }
        }

        BodyKey key = BodyLocation.Packed(_segment, End);
        Encode(body, key, _buffer.AsSpan(_buffered, (int)packed));
        _buffered += (int)packed;
        body.Place(key);
    }

    private static void Encode(PreparedBody body, BodyKey key, Span<byte> target)
    {
        var record = new BodyRecord(
            key.Value, body.Length, body.Structure.Length, BodyRecord.ChecksumOfTail(body.Checksums, body.Structure));
        record.Write(target);
        MemoryMarshal.AsBytes<uint>(body.Checksums).CopyTo(target[BodyRecord.MarkLength..]);
        Span<byte> content = target.Slice(record.ContentOffset, (int)body.Length);
        ReadContent(body, content);
        Span<byte> rest = target[(record.ContentOffset + content.Length)..];
        body.Structure.CopyTo(rest);
        rest[record.StructureLength..].Clear();
    }

    /// <summary>Copies a caller's octets. Where they cannot be read that is the caller's fault alone, not the disk's.</summary>
    private static void ReadContent(PreparedBody body, Span<byte> content)
    {
        try
        {
            for (int read = 0; read < content.Length;)
            {
                int count = body.Body.Content.Read(read, content[read..]);
                read += count > 0 ? count : throw new InvalidDataException("A body ended before its length");
            }
        }
        catch (IOException fault)
        {
            throw new InvalidDataException("A body cannot be read", fault);
        }
    }

    private void WriteBuffer()
    {
        if (_buffered == 0)
        {
            return;
        }

        disk.Write(segments.Get(_segment), _buffer.AsSpan(0, _buffered), _written);
        _written += _buffered;
        _buffered = 0;
        _needsSync = true;
    }

    private void NextSegment()
    {
        WriteBuffer();
        disk.Sync(segments.Get(_segment));
        _segment++;
        _written = 0;
        RandomAccess.SetLength(segments.GetOrCreate(_segment), 0);
        _foldersToSync.Add(layout.Bodies);
    }
}
