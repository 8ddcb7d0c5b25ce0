using System.Runtime.InteropServices;
using SQLitePCL;

namespace PluginMail.Storage.Sqlite;

/// <summary>One connection, for one thread at a time. Statements stay prepared.</summary>
internal sealed class Database : IDisposable
{
    private readonly sqlite3 _handle;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    private Database(sqlite3 handle) => _handle = handle;

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    public int Changes => raw.sqlite3_changes(_handle);

    public long LastInsertRowId => raw.sqlite3_last_insert_rowid(_handle);

    /// <summary>Opens a connection.</summary>
    /// <param name="path">The file; made where it is missing, unless read only.</param>
    /// <param name="readOnly">For readers.</param>
    public static Database Open(string path, bool readOnly = false)
    {
        Batteries_V2.Init();
        int flags = raw.SQLITE_OPEN_NOMUTEX | (readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);
        int result = raw.sqlite3_open_v2(path, out sqlite3 handle, flags, null);
        var database = new Database(handle);
        try
        {
            database.Check(result);
            database.Check(raw.sqlite3_extended_result_codes(handle, 1));
            database.Check(raw.sqlite3_busy_timeout(handle, 10_000));
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>A statement, prepared once a connection; not to be used again before it was disposed.</summary>
    public Statement Prepare(string sql)
    {
        ref Statement? statement = ref CollectionsMarshal.GetValueRefOrAddDefault(_statements, sql, out _);
        if (statement is null)
        {
            int result = raw.sqlite3_prepare_v3(_handle, sql, (uint)raw.SQLITE_PREPARE_PERSISTENT, out sqlite3_stmt handle);
            if (result != raw.SQLITE_OK)
            {
                _statements.Remove(sql);
                throw Fault(result);
            }

            statement = new Statement(this, handle);
        }

        return statement;
    }

    /// <summary>Executes statements that are needed rarely.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    public void Begin() => Prepare("BEGIN").Run();

    public void BeginImmediate() => Prepare("BEGIN IMMEDIATE").Run();

    public void Commit() => Prepare("COMMIT").Run();

    /// <summary>Ends the transaction, where one is open still.</summary>
    public void Rollback()
    {
        if (InTransaction)
        {
            Prepare("ROLLBACK").Run();
        }
    }

    /// <summary>Copies the whole database as it is now, in one read transaction.</summary>
    public void BackupTo(string path)
    {
        using Database target = Open(path);
        using sqlite3_backup backup = raw.sqlite3_backup_init(target._handle, "main", _handle, "main")
            ?? throw target.Fault(raw.sqlite3_errcode(target._handle));
        int result = raw.sqlite3_backup_step(backup, -1);
        if (result != raw.SQLITE_DONE)
        {
            throw target.Fault(result);
        }
    }

    public void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            throw Fault(result);
        }
    }

    public SqliteFault Fault(int result)
    {
        int extended = raw.sqlite3_extended_errcode(_handle);
        return new SqliteFault(extended is raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE ? result : extended,
            raw.sqlite3_errmsg(_handle).utf8_to_string());
    }

    /// <summary>Closes the writing connection with its log written back, so that a closed store is whole without it.</summary>
    public void CheckpointAndDispose()
    {
        try
        {
            Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteFault)
        {
            // The log stays, and the next opening reads it.
        }

        Dispose();
    }

    public void Dispose()
    {
        foreach (Statement? statement in _statements.Values)
        {
            statement?.Close();
        }

        _handle.Dispose();
    }
}
