namespace PluginMail.Storage.Sqlite;

/// <summary>Changes of messages in folders; on the writer's thread.</summary>
internal static class MessageChanges
{
    /// <summary>Changes flags (RFC 3501 section 6.4.6, RFC 7162 section 3.1.3).</summary>
    /// <returns>Null where a keyword has no room; no entries where the folder is gone.</returns>
    public static IReadOnlyList<MessageEntry>? UpdateFlags(
        WriteTransaction transaction, FolderId id, ReadOnlySpan<uint> uids, FlagUpdate update, ulong? unchangedSince)
    {
        if (transaction.SelectableFolder(id) is not { } folder)
        {
            return [];
        }

        bool creates = update.Mode != FlagUpdateMode.Remove;
        if (creates && !folder.HasRoomFor(update.Keywords))
        {
            return null;
        }

        List<MessageRow> rows = Find(transaction, folder, uids);
        rows.RemoveAll(row => row.ModSeq > (unchangedSince ?? ulong.MaxValue));
        if (rows.Count == 0)
        {
            return [];
        }

        FolderChanges? changes = null;
        ulong modSeq = 0;
        if (creates && !folder.KnowsAll(update.Keywords))
        {
            (modSeq, changes) = transaction.Touch(folder);
        }

        MessageFlags named = update.System | folder.FlagsOf(update.Keywords, creates, out _);
        var entries = new List<MessageEntry>(rows.Count);
        foreach (MessageRow row in rows)
        {
            MessageFlags flags = Combine(row.Flags, update.Mode, named);
            if (flags == row.Flags)
            {
                entries.Add(new MessageEntry(row.Uid, row.ModSeq, row.Flags));
                continue;
            }

            if (changes is null)
            {
                (modSeq, changes) = transaction.Touch(folder);
            }

            var entry = new MessageEntry(row.Uid, modSeq, flags);
            MessageRows.SetFlags(transaction.Database, row.Id, modSeq, flags);
            changes.Updated.Add(entry);
            entries.Add(entry);
        }

        return entries;
    }

    /// <summary>Copies messages within an account.</summary>
    public static CopyOutcome Copy(WriteTransaction transaction, FolderId sourceId, ReadOnlySpan<uint> uids, FolderId targetId)
    {
        if (transaction.SelectableFolder(targetId) is not { } target)
        {
            return new CopyOutcome(CopyStatus.NoTarget, 0, []);
        }

        if (transaction.SelectableFolder(sourceId) is not { } source || source.Account != target.Account)
        {
            return new CopyOutcome(CopyStatus.Done, target.UidValidity, []);
        }

        List<MessageRow> rows = Find(transaction, source, uids);
        if (uint.MaxValue - target.UidNext <= rows.Count)
        {
            return new CopyOutcome(CopyStatus.NoTarget, 0, []); // its UIDs are used up
        }

        return transaction.Account(target.Account).WouldExceed(rows.Sum(static row => row.Size)) && rows.Count > 0
            ? new CopyOutcome(CopyStatus.OverQuota, target.UidValidity, [])
            : new CopyOutcome(CopyStatus.Done, target.UidValidity, Duplicate(transaction, source, rows, target));
    }

    /// <summary>Moves messages within an account (RFC 6851).</summary>
    public static CopyOutcome Move(WriteTransaction transaction, FolderId sourceId, ReadOnlySpan<uint> uids, FolderId targetId)
    {
        if (transaction.SelectableFolder(targetId) is not { } target)
        {
            return new CopyOutcome(CopyStatus.NoTarget, 0, []);
        }

        if (transaction.SelectableFolder(sourceId) is not { } source || source.Account != target.Account)
        {
            return new CopyOutcome(CopyStatus.Done, target.UidValidity, []);
        }

        List<MessageRow> rows = Find(transaction, source, uids);
        if (uint.MaxValue - target.UidNext <= rows.Count)
        {
            return new CopyOutcome(CopyStatus.NoTarget, 0, []); // its UIDs are used up
        }

        List<CopiedMessage> copied = Duplicate(transaction, source, rows, target);
        Bury(transaction, source, rows);
        return new CopyOutcome(CopyStatus.Done, target.UidValidity, copied);
    }

    /// <summary>Moves all messages, with keywords, into an empty folder.</summary>
    public static void MoveAll(WriteTransaction transaction, FolderState source, FolderState target)
    {
        var uids = new List<uint>();
        using (Statement ids = transaction.Database.Prepare("SELECT id FROM messages WHERE id BETWEEN ?1 AND ?2 ORDER BY id")
            .With(source.RowOf(0)).With(source.RowOf(uint.MaxValue)))
        {
            while (ids.Step())
            {
                uids.Add((uint)ids.Long(0));
            }
        }

        _ = Move(transaction, source.Id, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(uids), target.Id);
    }

    /// <summary>Removes messages for good.</summary>
    public static List<uint> Expunge(WriteTransaction transaction, FolderId id, ReadOnlySpan<uint> uids, bool always)
    {
        if (transaction.SelectableFolder(id) is not { } folder)
        {
            return [];
        }

        List<MessageRow> rows = Find(transaction, folder, uids);
        rows.RemoveAll(row => !always && !row.Flags.Has(MessageFlags.Deleted));
        Bury(transaction, folder, rows);
        return rows.ConvertAll(static row => row.Uid);
    }

    private static List<MessageRow> Find(WriteTransaction transaction, FolderState folder, ReadOnlySpan<uint> uids)
    {
        var rows = new List<MessageRow>(uids.Length);
        uint last = 0;
        foreach (uint uid in uids)
        {
            if (uid > last && MessageRows.TryFind(transaction.Database, folder.RowOf(uid), out MessageRow row))
            {
                rows.Add(row);
            }

            last = Math.Max(last, uid);
        }

        return rows;
    }

    private static List<CopiedMessage> Duplicate(WriteTransaction transaction, FolderState source, List<MessageRow> rows, FolderState target)
    {
        var copied = new List<CopiedMessage>(rows.Count);
        if (rows.Count == 0)
        {
            return copied;
        }

        (ulong modSeq, FolderChanges changes) = transaction.Touch(target);
        MessageFlags[] keywords = MapKeywords(source, target, rows);
        foreach (MessageRow row in rows)
        {
            uint uid = target.UidNext++;
            MessageFlags flags = Map(row.Flags, keywords);
            MessageRows.Duplicate(transaction.Database, row.Id, target.RowOf(uid), modSeq, flags);
            transaction.AddReferences(row.Body, +1);
            changes.Added.Add(new MessageEntry(uid, modSeq, flags));
            copied.Add(new CopiedMessage(row.Uid, uid));
        }

        transaction.Count(target, rows.Sum(static row => row.Size), rows.Count);
        return copied;
    }

    private static void Bury(WriteTransaction transaction, FolderState folder, List<MessageRow> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        (ulong modSeq, FolderChanges changes) = transaction.Touch(folder);
        foreach (MessageRow row in rows)
        {
            MessageRows.Bury(transaction.Database, row.Id, modSeq);
            changes.Expunged.Add(row.Uid);
        }

        transaction.Count(folder, -rows.Sum(static row => row.Size), -rows.Count);
    }

    private static MessageFlags Combine(MessageFlags before, FlagUpdateMode mode, MessageFlags named) => mode switch
    {
        FlagUpdateMode.Add => before | named,
        FlagUpdateMode.Remove => before - named,
        _ => named,
    };

    /// <summary>What each keyword of the source is in the target; none where it has no room there.</summary>
    private static MessageFlags[] MapKeywords(FolderState source, FolderState target, List<MessageRow> rows)
    {
        ulong used = rows.Aggregate(0UL, static (bits, row) => bits | row.Flags.Bits);
        var map = new MessageFlags[source.Keywords.Count];
        for (int i = 0; i < map.Length; i++)
        {
            if ((used & MessageFlags.Keyword(i).Bits) != 0)
            {
                map[i] = target.FlagsOf([source.Keywords[i]], create: true, out _);
            }
        }

        return map;
    }

    private static MessageFlags Map(MessageFlags flags, MessageFlags[] keywords)
    {
        var mapped = new MessageFlags(flags.Bits & 0xFF);
        for (int i = 0; i < keywords.Length; i++)
        {
            if (flags.Has(MessageFlags.Keyword(i)))
            {
                mapped |= keywords[i];
            }
        }

        return mapped;
    }
}
