namespace PluginMail.Storage.Sqlite;

/// <summary>What the writer keeps of a folder's row between batches, so that a delivery reads nothing.</summary>
internal sealed class FolderState
{
    public required FolderId Id { get; init; }

    public required AccountId Account { get; init; }

    public required uint UidValidity { get; init; }

    public required bool IsSelectable { get; init; }

    public required List<string> Keywords { get; init; }

    public uint UidNext { get; set; }

    public ulong HighestModSeq { get; set; }

    public long Octets { get; set; }

    public long Messages { get; set; }

    /// <summary>What the batch did to it; null where nothing.</summary>
    public FolderChanges? Changes { get; set; }

    /// <summary>The row key of a message.</summary>
    public long RowOf(uint uid) => (Id.Value << 32) | uid;

    /// <summary>The bits of keywords; new ones become the folder's.</summary>
    /// <param name="names">The keywords.</param>
    /// <param name="create">Whether unknown ones are made part of the folder.</param>
    /// <param name="isComplete">False where one had no room or is none.</param>
    public MessageFlags FlagsOf(IReadOnlyList<string> names, bool create, out bool isComplete)
    {
        MessageFlags flags = default;
        isComplete = true;
        foreach (string name in names)
        {
            int position = Keywords.FindIndex(keyword => keyword.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (position < 0 && create && Keywords.Count < MessageFlags.MaximumKeywords && IsKeyword(name))
            {
                position = Keywords.Count;
                Keywords.Add(name);
                Changes!.Keywords = Keywords;
            }

            if (position >= 0)
            {
                flags |= MessageFlags.Keyword(position);
            }
            else if (create)
            {
                isComplete = false;
            }
        }

        return flags;
    }

    /// <summary>Whether all keywords are the folder's already.</summary>
    public bool KnowsAll(IReadOnlyList<string> names) =>
        names.All(name => Keywords.Exists(keyword => keyword.Equals(name, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Whether all keywords are known or have room, without adding any.</summary>
    public bool HasRoomFor(IReadOnlyList<string> names)
    {
        var added = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (string name in names)
        {
            if (!Keywords.Exists(keyword => keyword.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                if (!IsKeyword(name))
                {
                    return false;
                }

                added.Add(name);
            }
        }

        return Keywords.Count + added.Count <= MessageFlags.MaximumKeywords;
    }

    private static bool IsKeyword(string name) =>
        name.Length is > 0 and <= 100 && !name.AsSpan().ContainsAnyInRange('\0', ' ') && !name.Contains('\x7f', StringComparison.Ordinal);
}
