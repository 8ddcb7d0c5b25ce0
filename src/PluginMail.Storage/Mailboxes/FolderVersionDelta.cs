using System.Collections.Immutable;

namespace PluginMail.Storage;

/// <summary>Computes how two versions differ: both are walked side by side, a chunk that both share is passed over whole.</summary>
internal ref struct FolderVersionDelta
{
    private readonly MessageEntry[][] _older;
    private readonly MessageEntry[][] _newer;
    private readonly List<int> _expunged = [];
    private readonly ImmutableArray<int>.Builder _changed = ImmutableArray.CreateBuilder<int>();
    private int _olderChunk, _olderIndex, _olderPosition;
    private int _newerChunk, _newerIndex, _newerPosition;

    private FolderVersionDelta(ChunkedFolderVersion older, ChunkedFolderVersion newer)
    {
        _older = older.Chunks;
        _newer = newer.Chunks;
    }

    public static FolderDelta Compute(ChunkedFolderVersion older, ChunkedFolderVersion newer)
    {
        var walk = new FolderVersionDelta(older, newer);
        while (walk._olderChunk < walk._older.Length)
        {
            walk.Step();
        }

        walk._expunged.Reverse();
        var delta = new FolderDelta([.. walk._expunged], walk._changed.DrainToImmutable(), newer.Count - walk._newerPosition);
        return delta.IsEmpty ? FolderDelta.None : delta;
    }

    private void Step()
    {
        if (_newerChunk == _newer.Length)
        {
            _expunged.Add(_olderPosition);
            MoveOlder();
            return;
        }

        MessageEntry[] olderChunk = _older[_olderChunk];
        MessageEntry[] newerChunk = _newer[_newerChunk];
        if (_olderIndex == 0 && _newerIndex == 0 && ReferenceEquals(olderChunk, newerChunk))
        {
            _olderPosition += olderChunk.Length;
            _newerPosition += newerChunk.Length;
            _olderChunk++;
            _newerChunk++;
            return;
        }

        ref readonly MessageEntry before = ref olderChunk[_olderIndex];
        ref readonly MessageEntry now = ref newerChunk[_newerIndex];
        if (before.Uid < now.Uid)
        {
            _expunged.Add(_olderPosition);
            MoveOlder();
            return;
        }

        if (before.Flags != now.Flags)
        {
            _changed.Add(_newerPosition);
        }

        MoveOlder();
        MoveNewer();
    }

    private void MoveOlder()
    {
        _olderPosition++;
        if (++_olderIndex == _older[_olderChunk].Length)
        {
            _olderIndex = 0;
            _olderChunk++;
        }
    }

    private void MoveNewer()
    {
        _newerPosition++;
        if (++_newerIndex == _newer[_newerChunk].Length)
        {
            _newerIndex = 0;
            _newerChunk++;
        }
    }
}
