using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace PluginMail.Collector.Ledgers;

/// <summary>
/// Remembers which messages were met, in a SQLite file. Its last second may be lost in a power cut: a message is then fetched again, and the key
/// of its submission tells that it is here already.
/// </summary>
internal sealed class Ledger : IDisposable
{
    private const string Schema = """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = NORMAL;
        CREATE TABLE IF NOT EXISTS messages (
            account TEXT NOT NULL, box TEXT NOT NULL, validity TEXT NOT NULL, id TEXT NOT NULL,
            size INTEGER NOT NULL, state INTEGER NOT NULL, seen INTEGER NOT NULL, attempts INTEGER NOT NULL, retry_at INTEGER NOT NULL,
            fingerprint BLOB, PRIMARY KEY (account, box, validity, id)) WITHOUT ROWID;
        DROP INDEX IF EXISTS unsettled;
        CREATE INDEX IF NOT EXISTS unfinished ON messages (account, box, validity) WHERE state IN (3, 4, 6);
        CREATE INDEX IF NOT EXISTS taken ON messages (account, box, validity, seen) WHERE state = 1;
        CREATE TABLE IF NOT EXISTS accounts (
            account TEXT PRIMARY KEY, last_visit INTEGER, last_success INTEGER, collected INTEGER NOT NULL DEFAULT 0, last_error TEXT) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        """;

    // Accounts were once remembered with their port at the end.
    private const string WithoutPort = """
        UPDATE OR IGNORE messages SET account = rtrim(rtrim(account, '0123456789'), ':') WHERE rtrim(account, '0123456789') LIKE '%:';
        UPDATE OR IGNORE accounts SET account = rtrim(rtrim(account, '0123456789'), ':') WHERE rtrim(account, '0123456789') LIKE '%:';
        PRAGMA user_version = 1;
        """;

    /// <summary>Two questions, each of an index that holds no other rows; SQLite would choose the whole table's.</summary>
    internal const string SelectOpen = $"""
        SELECT {Columns} FROM messages INDEXED BY unfinished WHERE account = $1 AND box = $2 AND validity = $3 AND state IN (3, 4, 6)
        UNION ALL SELECT {Columns} FROM messages INDEXED BY taken WHERE account = $1 AND box = $2 AND validity = $3 AND state = 1 AND seen <= $4
        """;

    private const string Insert = "INSERT OR REPLACE INTO messages VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    private const string Columns = "id, size, state, seen, attempts, retry_at, fingerprint, validity";

    private readonly SqliteConnection _connection;
    private readonly Lock _lock = new();

    private Ledger(SqliteConnection connection) => _connection = connection;

    /// <summary>What marks of this collector are made with.</summary>
    public byte[] Secret { get; private set; } = [];

    /// <summary>Opens it, made where it is missing.</summary>
    /// <exception cref="SqliteException">The file cannot be used.</exception>
    public static Ledger Open(string file)
    {
        // Without a pool: the file is let go of when this version of the plugin ends.
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 10 }.ConnectionString);
        var ledger = new Ledger(connection);
        try
        {
            connection.Open();
            ledger.Run(Schema);
            if (ledger.Query("PRAGMA user_version", row => row.GetInt64(0))[0] == 0)
            {
                ledger.Run(WithoutPort);
            }

            ledger.Run("INSERT INTO secrets VALUES ('mark', $1) ON CONFLICT DO NOTHING", RandomNumberGenerator.GetBytes(32));
            ledger.Secret = ledger.Query("SELECT value FROM secrets WHERE name = 'mark'", row => (byte[])row[0])[0];
            return ledger;
        }
        catch
        {
            ledger.Dispose();
            throw;
        }
    }

    /// <summary>All that is remembered of a folder, by validity.</summary>
    public List<(string Validity, LedgerRow Row)> Load(string account, string box) =>
        Query($"SELECT {Columns} FROM messages WHERE account = $1 AND box = $2", row => (row.GetString(7), Row(row)), account, box);

    /// <summary>What is left to do in a folder: messages that wait, are too large or are to be marked, and those that were taken before a time.</summary>
    public List<LedgerRow> LoadOpen(string account, string box, string validity, DateTimeOffset takenBefore) => Query(
        SelectOpen,
        Row,
        account,
        box,
        validity,
        takenBefore.ToUnixTimeSeconds());

    /// <summary>What is remembered of a message; null for nothing.</summary>
    public LedgerRow? Find(string account, string box, string validity, string id) => Query(
        $"SELECT {Columns} FROM messages WHERE account = $1 AND box = $2 AND validity = $3 AND id = $4", Row, account, box, validity, id) is [var row]
            ? row
            : null;

    /// <summary>Remembers messages, in one transaction.</summary>
    public void Save(string account, string box, string validity, IReadOnlyCollection<LedgerRow> rows) =>
        Each(Insert, rows, row => Values(account, box, validity, row));

    /// <summary>Forgets messages, in one transaction.</summary>
    public void Forget(string account, string box, string validity, IReadOnlyCollection<string> ids) => Each(
        "DELETE FROM messages WHERE account = $1 AND box = $2 AND validity = $3 AND id = $4", ids, id => [account, box, validity, id]);

    /// <summary>Remembers messages under another validity from now on, in one transaction.</summary>
    public void Move(string account, string box, string validity, IReadOnlyCollection<string> ids, string other) => Each(
        "UPDATE OR REPLACE messages SET validity = $5 WHERE account = $1 AND box = $2 AND validity = $3 AND id = $4",
        ids,
        id => [account, box, validity, id, other]);

    /// <summary>All of a folder that is not of one validity; as cheap as it is little.</summary>
    public List<(string Validity, LedgerRow Row)> LoadOthers(string account, string box, string validity) => Query(
        $"""
        SELECT {Columns} FROM messages WHERE account = $1 AND box = $2 AND validity < $3
        UNION ALL SELECT {Columns} FROM messages WHERE account = $1 AND box = $2 AND validity > $3
        """,
        row => (row.GetString(7), Row(row)),
        account,
        box,
        validity);

    /// <summary>Remembers this in place of all of a folder that is not of one validity, in one transaction.</summary>
    public void ReplaceOthers(string account, string box, string validity, IReadOnlyCollection<(string Validity, LedgerRow Row)> rows)
    {
        lock (_lock)
        {
            using var transaction = _connection.BeginTransaction();
            using (var forget = Command("DELETE FROM messages WHERE account = $1 AND box = $2 AND validity <> $3", [account, box, validity]))
            {
                forget.Transaction = transaction;
                forget.ExecuteNonQuery();
            }

            Each(transaction, Insert, rows, other => Values(account, box, other.Validity, other.Row));
            transaction.Commit();
        }
    }

    /// <summary>How many messages wait or are too large.</summary>
    public long CountUnsettled(string account) =>
        Query("SELECT count(*) FROM messages INDEXED BY unfinished WHERE account = $1 AND state IN (3, 4, 6) AND state <> 6", row => row.GetInt64(0), account)[0];

    /// <summary>How an account does.</summary>
    public AccountRow LoadAccount(string account) =>
        Query(
            "SELECT last_visit, last_success, collected, last_error FROM accounts WHERE account = $1",
            row => new AccountRow(Time(row, 0), Time(row, 1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetString(3)),
            account) is [var found] ? found : new AccountRow(null, null, 0, null);

    /// <summary>Remembers how an account does.</summary>
    public void SaveAccount(string account, AccountRow row) => Run(
        "INSERT OR REPLACE INTO accounts VALUES ($1, $2, $3, $4, $5)",
        account,
        (object?)row.LastVisit?.ToUnixTimeSeconds() ?? DBNull.Value,
        (object?)row.LastSuccess?.ToUnixTimeSeconds() ?? DBNull.Value,
        row.Collected,
        (object?)row.LastError ?? DBNull.Value);

    public void Dispose() => _connection.Dispose();

    private static object[] Values(string account, string box, string validity, LedgerRow row) =>
    [
        account, box, validity, row.Id, row.Size, (int)row.State, row.Seen.ToUnixTimeSeconds(), row.Attempts, row.RetryAt.ToUnixTimeSeconds(),
        (object?)row.Fingerprint ?? DBNull.Value,
    ];

    private static LedgerRow Row(SqliteDataReader row) => new(
        row.GetString(0),
        row.GetInt64(1),
        (MessageState)row.GetInt32(2),
        DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(3)),
        row.GetInt32(4),
        DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(5)),
        row.IsDBNull(6) ? null : (byte[])row[6]);

    private static DateTimeOffset? Time(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(column));

    private void Run(string text, params object[] values)
    {
        lock (_lock)
        {
            using var command = Command(text, values);
            command.ExecuteNonQuery();
        }
    }

    private List<T> Query<T>(string text, Func<SqliteDataReader, T> read, params object[] values)
    {
        lock (_lock)
        {
            using var command = Command(text, values);
            using var reader = command.ExecuteReader();
            List<T> rows = [];
            while (reader.Read())
            {
                rows.Add(read(reader));
            }

            return rows;
        }
    }

    private void Each<T>(string text, IReadOnlyCollection<T> items, Func<T, object[]> values)
    {
        if (items.Count == 0)
        {
            return;
        }

        lock (_lock)
        {
            using var transaction = _connection.BeginTransaction();
            Each(transaction, text, items, values);
            transaction.Commit();
        }
    }

    private void Each<T>(SqliteTransaction transaction, string text, IReadOnlyCollection<T> items, Func<T, object[]> values)
    {
        SqliteCommand? command = null;
        foreach (var item in items)
        {
            object[] all = values(item);
            if (command is null)
            {
                command = Command(text, all);
                command.Transaction = transaction;
            }

            for (int i = 0; i < all.Length; i++)
            {
                command.Parameters[i].Value = all[i];
            }

            command.ExecuteNonQuery();
        }

        command?.Dispose();
    }

    private SqliteCommand Command(string text, object[] values)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue($"${i + 1}", values[i]);
        }

        return command;
    }
}
