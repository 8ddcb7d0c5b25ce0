using System.Collections.Immutable;

namespace PluginMail.Storage;

/// <summary>One message of a folder version.</summary>
/// <param name="Uid">Its unique identifier.</param>
/// <param name="ModSeq">The change that last touched it (RFC 7162).</param>
/// <param name="Flags">Its flags.</param>
public readonly record struct MessageEntry(uint Uid, ulong ModSeq, MessageFlags Flags);

/// <summary>A folder's messages at one moment: immutable, shared by all sessions that hold it. Sequence numbers are positions plus one.</summary>
public abstract class FolderVersion
{
    /// <summary>The folder.</summary>
    public abstract FolderId Folder { get; }

    /// <summary>RFC 3501 section 2.3.1.1.</summary>
    public abstract uint UidValidity { get; }

    /// <summary>The UID the next message gets at the least.</summary>
    public abstract uint UidNext { get; }

    /// <summary>The highest modification sequence given in this folder (RFC 7162).</summary>
    public abstract ulong HighestModSeq { get; }

    /// <summary>The folder's keywords; their positions are the bits of <see cref="MessageFlags"/>. Only ever grows.</summary>
    public abstract ImmutableArray<string> Keywords { get; }

    /// <summary>How many messages.</summary>
    public abstract int Count { get; }

    /// <summary>A message by position, from 0, in the order of UIDs.</summary>
    /// <param name="position">0 to <see cref="Count"/> - 1.</param>
    public abstract MessageEntry this[int position] { get; }

    /// <summary>The position of a UID.</summary>
    /// <param name="uid">The UID.</param>
    /// <returns>Its position; where it is missing, the complement of the position of the next higher one.</returns>
    public abstract int IndexOf(uint uid);

    /// <summary>How this version differs from an older one of the same folder.</summary>
    /// <param name="older">The older version.</param>
    /// <returns>The differences.</returns>
    public abstract FolderDelta DeltaFrom(FolderVersion older);
}

/// <summary>The differences between two versions of a folder.</summary>
/// <param name="ExpungedPositions">Positions in the older version that are gone, highest first: the order in which EXPUNGE may name them.</param>
/// <param name="Changed">Positions in the newer version of messages that both have and whose flags differ, rising.</param>
/// <param name="Added">How many messages at the newer version's end are new.</param>
public sealed record FolderDelta(ImmutableArray<int> ExpungedPositions, ImmutableArray<int> Changed, int Added)
{
    /// <summary>No difference.</summary>
    public static readonly FolderDelta None = new([], [], 0);

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => ExpungedPositions.IsEmpty && Changed.IsEmpty && Added == 0;
}
