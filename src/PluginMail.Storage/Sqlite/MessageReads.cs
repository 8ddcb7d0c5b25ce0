namespace PluginMail.Storage.Sqlite;

/// <summary>Reads of messages; on a reader's connection.</summary>
internal static class MessageReads
{
    private const string Columns = "m.received, m.zone, m.size, m.body, m.prefix";

    /// <summary>Reads a folder's version.</summary>
    /// <returns>Null where it is gone or cannot be selected.</returns>
    public static LoadedFolder? LoadFolder(Database database, FolderId id)
    {
        using Statement row = database.Prepare(
            "SELECT uid_validity, uid_next, mod_seq, keywords, first_recent_uid FROM folders WHERE id = ? AND account IS NOT NULL AND is_selectable")
            .With(id.Value);
        if (!row.Step())
        {
            return null;
        }

        var version = new ChunkedFolderVersion(
            id,
            (uint)row.Long(0),
            (uint)row.Long(1),
            (ulong)row.Long(2),
            [.. row.Text(3).Split('\n', StringSplitOptions.RemoveEmptyEntries)],
            FolderVersionEdit.ToChunks(Entries(database, id)));
        return new LoadedFolder(version, (uint)row.Long(4));
    }

    /// <summary>Reads copies that a version sees, expunged ones from their graves.</summary>
    public static List<StoredMessage> Read(Database database, FolderVersion version, IReadOnlyList<uint> uids, bool withStructure)
    {
        var messages = new List<StoredMessage>(uids.Count);
        foreach (uint uid in uids)
        {
            if (version.IndexOf(uid) < 0)
            {
                continue;
            }

            long id = (version.Folder.Value << 32) | uid;
            if ((Find(database, id, "messages", withStructure) ?? Find(database, id, "graves", withStructure)) is { } message)
            {
                messages.Add(message);
            }
        }

        return messages;
    }

    private static StoredMessage? Find(Database database, long id, string table, bool withStructure)
    {
        using Statement row = database.Prepare((table, withStructure) switch
        {
            ("messages", false) => $"SELECT {Columns} FROM messages m WHERE m.id = ?",
            ("messages", true) => $"SELECT {Columns}, b.structure FROM messages m JOIN bodies b ON b.key = m.body WHERE m.id = ?",
            (_, false) => $"SELECT {Columns} FROM graves m WHERE m.id = ?",
            (_, true) => $"SELECT {Columns}, b.structure FROM graves m JOIN bodies b ON b.key = m.body WHERE m.id = ?",
        }).With(id);
        if (!row.Step())
        {
            return null;
        }

        byte[] prefix = row.Blob(4);
        return new StoredMessage(
            (uint)id,
            MessageRows.Date(row.Long(0), row.Int(1)),
            prefix,
            row.Long(2) - prefix.Length,
            new BodyKey(row.Long(3)),
            withStructure ? row.Blob(5) : default(ReadOnlyMemory<byte>));
    }

    private static List<MessageEntry> Entries(Database database, FolderId id)
    {
        var entries = new List<MessageEntry>();
        using Statement rows = database.Prepare("SELECT id, mod_seq, flags FROM messages WHERE id BETWEEN ?1 AND ?2 ORDER BY id")
            .With(id.Value << 32).With((id.Value << 32) | uint.MaxValue);
        while (rows.Step())
        {
            entries.Add(new MessageEntry((uint)rows.Long(0), (ulong)rows.Long(1), new MessageFlags((ulong)rows.Long(2))));
        }

        return entries;
    }
}
