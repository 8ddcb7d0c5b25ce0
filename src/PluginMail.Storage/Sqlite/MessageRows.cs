namespace PluginMail.Storage.Sqlite;

/// <summary>A row of messages.</summary>
/// <param name="Id">folder &lt;&lt; 32 | uid.</param>
/// <param name="ModSeq">Its modification sequence.</param>
/// <param name="Flags">Its flags.</param>
/// <param name="Received">Milliseconds since 1970.</param>
/// <param name="Zone">Minutes east of UTC.</param>
/// <param name="Size">Octets of prefix and body.</param>
/// <param name="Body">The body's key.</param>
internal readonly record struct MessageRow(long Id, ulong ModSeq, MessageFlags Flags, long Received, int Zone, long Size, long Body)
{
    public uint Uid => (uint)Id;
}

/// <summary>Reads and writes rows of messages and graves.</summary>
internal static class MessageRows
{
    private const string InsertSql =
        "INSERT INTO messages (id, mod_seq, flags, received, zone, size, body, prefix) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

    public static long Milliseconds(DateTimeOffset date) => date.ToUnixTimeMilliseconds();

    public static int Zone(DateTimeOffset date) => (int)date.Offset.TotalMinutes;

    public static DateTimeOffset Date(long milliseconds, int zone) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToOffset(TimeSpan.FromMinutes(zone));

    public static void Insert(Database database, in MessageRow row, ReadOnlySpan<byte> prefix) =>
        database.Prepare(InsertSql).With(row.Id).With((long)row.ModSeq).With((long)row.Flags.Bits).With(row.Received).With(row.Zone)
            .With(row.Size).With(row.Body).With(prefix).Run();

    public static bool TryFind(Database database, long id, out MessageRow row)
    {
        using Statement found = database.Prepare("SELECT mod_seq, flags, received, zone, size, body FROM messages WHERE id = ?").With(id);
        if (!found.Step())
        {
            row = default;
            return false;
        }

        row = new MessageRow(
            id, (ulong)found.Long(0), new MessageFlags((ulong)found.Long(1)), found.Long(2), found.Int(3), found.Long(4), found.Long(5));
        return true;
    }

    /// <summary>The header octets of this copy alone.</summary>
    public static byte[] Prefix(Database database, long id)
    {
        using Statement found = database.Prepare("SELECT prefix FROM messages WHERE id = ?").With(id);
        return found.Step() ? found.Blob(0) : [];
    }

    public static void SetFlags(Database database, long id, ulong modSeq, MessageFlags flags) =>
        database.Prepare("UPDATE messages SET mod_seq = ?2, flags = ?3 WHERE id = ?1").With(id).With((long)modSeq).With((long)flags.Bits).Run();

    /// <summary>Inserts a copy of a row under another key.</summary>
    public static void Duplicate(Database database, long id, long newId, ulong modSeq, MessageFlags flags) =>
        database.Prepare(
            """
            INSERT INTO messages (id, mod_seq, flags, received, zone, size, body, prefix)
            SELECT ?2, ?3, ?4, received, zone, size, body, prefix FROM messages WHERE id = ?1
            """).With(id).With(newId).With((long)modSeq).With((long)flags.Bits).Run();

    /// <summary>Makes a grave of a message: its body stays referenced until no version can see it.</summary>
    public static void Bury(Database database, long id, ulong modSeq)
    {
        database.Prepare(
            """
            INSERT INTO graves (id, mod_seq, received, zone, size, body, prefix)
            SELECT id, ?2, received, zone, size, body, prefix FROM messages WHERE id = ?1
            """).With(id).With((long)modSeq).Run();
        database.Prepare("DELETE FROM messages WHERE id = ?").With(id).Run();
    }
}
