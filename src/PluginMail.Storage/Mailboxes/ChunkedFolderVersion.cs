using System.Collections.Immutable;

namespace PluginMail.Storage;

/// <summary>A folder version of chunks that versions share: a change copies the chunks it touches, and a difference passes over the chunks that both have.</summary>
internal sealed class ChunkedFolderVersion : FolderVersion
{
    public const int ChunkSize = 512;

    private readonly int[] _starts;

    /// <summary>A version of given chunks.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="uidValidity">Its UIDVALIDITY.</param>
    /// <param name="uidNext">Its next UID.</param>
    /// <param name="highestModSeq">The highest modification sequence.</param>
    /// <param name="keywords">Its keywords.</param>
    /// <param name="chunks">None of them empty, UIDs rising throughout; never changed afterwards.</param>
    public ChunkedFolderVersion(
        FolderId folder, uint uidValidity, uint uidNext, ulong highestModSeq, ImmutableArray<string> keywords, MessageEntry[][] chunks)
    {
        (Folder, UidValidity, UidNext, HighestModSeq, Keywords, Chunks) = (folder, uidValidity, uidNext, highestModSeq, keywords, chunks);
        _starts = new int[chunks.Length];
        for (int i = 0; i < chunks.Length; i++)
        {
            _starts[i] = Count;
            Count += chunks[i].Length;
        }
    }

    public override FolderId Folder { get; }

    public override uint UidValidity { get; }

    public override uint UidNext { get; }

    public override ulong HighestModSeq { get; }

    public override ImmutableArray<string> Keywords { get; }

    public override int Count { get; }

    internal MessageEntry[][] Chunks { get; }

    public override MessageEntry this[int position]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(position);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, Count);
            int chunk = Array.BinarySearch(_starts, position);
            chunk = chunk < 0 ? ~chunk - 1 : chunk;
            return Chunks[chunk][position - _starts[chunk]];
        }
    }

    public override int IndexOf(uint uid)
    {
        int chunk = ChunkOf(uid);
        if (chunk == Chunks.Length)
        {
            return ~Count;
        }

        int within = IndexWithin(Chunks[chunk], uid);
        return within >= 0 ? _starts[chunk] + within : ~(_starts[chunk] + ~within);
    }

    public override FolderDelta DeltaFrom(FolderVersion older) =>
        ReferenceEquals(older, this) ? FolderDelta.None : FolderVersionDelta.Compute((ChunkedFolderVersion)older, this);

    /// <summary>The first chunk whose last UID is not below a UID.</summary>
    internal int ChunkOf(uint uid)
    {
        int low = 0, high = Chunks.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Chunks[middle][^1].Uid < uid)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    internal static int IndexWithin(ReadOnlySpan<MessageEntry> chunk, uint uid)
    {
        int low = 0, high = chunk.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (chunk[middle].Uid < uid)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < chunk.Length && chunk[low].Uid == uid ? low : ~low;
    }
}
