namespace PluginMail.Storage;

/// <summary>Makes the next version of a folder.</summary>
internal static class FolderVersionEdit
{
    /// <summary>Applies what a commit did. Changes that the version has already (its ModSeq is not below theirs) leave it as it is.</summary>
    public static ChunkedFolderVersion Apply(this ChunkedFolderVersion version, FolderChanges changes)
    {
        List<MessageEntry[]> chunks = [.. version.Chunks];
        Append(chunks, changes.Added);
        Update(chunks, changes.Updated);
        Expunge(chunks, changes.Expunged);
        return new ChunkedFolderVersion(
            version.Folder,
            version.UidValidity,
            Math.Max(version.UidNext, changes.UidNext),
            Math.Max(version.HighestModSeq, changes.HighestModSeq),
            changes.Keywords is { } keywords && keywords.Count > version.Keywords.Length ? [.. keywords] : version.Keywords,
            [.. Compact(chunks)]);
    }

    /// <summary>Cuts messages into chunks.</summary>
    public static MessageEntry[][] ToChunks(IReadOnlyList<MessageEntry> entries)
    {
        List<MessageEntry[]> chunks = new((entries.Count / ChunkedFolderVersion.ChunkSize) + 1);
        Append(chunks, entries);
        return [.. chunks];
    }

    private static void Append(List<MessageEntry[]> chunks, IReadOnlyList<MessageEntry> added)
    {
        int taken = 0;
        uint last = chunks.Count > 0 ? chunks[^1][^1].Uid : 0;
        while (taken < added.Count && added[taken].Uid <= last)
        {
            taken++; // a version that was read after the commit has them
        }

        while (taken < added.Count)
        {
            bool extends = chunks.Count > 0 && chunks[^1].Length < ChunkedFolderVersion.ChunkSize;
            MessageEntry[] before = extends ? chunks[^1] : [];
            int count = Math.Min(added.Count - taken, ChunkedFolderVersion.ChunkSize - before.Length);
            var chunk = new MessageEntry[before.Length + count];
            before.CopyTo(chunk, 0);
            for (int i = 0; i < count; i++)
            {
                chunk[before.Length + i] = added[taken++];
            }

            if (extends)
            {
                chunks[^1] = chunk;
            }
            else
            {
                chunks.Add(chunk);
            }
        }
    }

    private static void Update(List<MessageEntry[]> chunks, List<MessageEntry> updated)
    {
        HashSet<int>? copied = null;
        foreach (MessageEntry entry in updated)
        {
            (int chunk, int index) = Find(chunks, entry.Uid);
            if (index < 0 || chunks[chunk][index].ModSeq > entry.ModSeq)
            {
                continue;
            }

            if ((copied ??= []).Add(chunk))
            {
                chunks[chunk] = [.. chunks[chunk]];
            }

            chunks[chunk][index] = entry;
        }
    }

    private static void Expunge(List<MessageEntry[]> chunks, List<uint> expunged)
    {
        Dictionary<int, HashSet<uint>>? gone = null;
        foreach (uint uid in expunged)
        {
            (int chunk, int index) = Find(chunks, uid);
            if (index >= 0)
            {
                gone ??= [];
                if (!gone.TryGetValue(chunk, out HashSet<uint>? uids))
                {
                    gone[chunk] = uids = [];
                }

                uids.Add(uid);
            }
        }

        if (gone is null)
        {
            return;
        }

        foreach ((int chunk, HashSet<uint> uids) in gone)
        {
            chunks[chunk] = Array.FindAll(chunks[chunk], entry => !uids.Contains(entry.Uid));
        }

        chunks.RemoveAll(chunk => chunk.Length == 0);
    }

    /// <summary>Where expunges left many thin chunks, they are cut anew.</summary>
    private static List<MessageEntry[]> Compact(List<MessageEntry[]> chunks)
    {
        int count = chunks.Sum(chunk => chunk.Length);
        return chunks.Count <= 8 + (4 * count / ChunkedFolderVersion.ChunkSize) ? chunks : [.. ToChunks([.. chunks.SelectMany(chunk => chunk)])];
    }

    private static (int Chunk, int Index) Find(List<MessageEntry[]> chunks, uint uid)
    {
        int low = 0, high = chunks.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (chunks[middle][^1].Uid < uid)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == chunks.Count ? (low, -1) : (low, ChunkedFolderVersion.IndexWithin(chunks[low], uid));
    }
}
