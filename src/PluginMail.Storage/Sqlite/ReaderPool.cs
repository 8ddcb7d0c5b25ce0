using System.Collections.Concurrent;

namespace PluginMail.Storage.Sqlite;

/// <summary>A bounded set of connections that read. A read runs to its end on the caller's thread, in one short transaction.</summary>
internal sealed class ReaderPool(string path, int size) : IDisposable
{
    private readonly SemaphoreSlim _free = new(size, size);
    private readonly ConcurrentBag<Database> _idle = [];

    /// <summary>Reads.</summary>
    /// <param name="read">Sees one state of the database throughout; awaits nothing.</param>
    /// <param name="cancellationToken">Gives up while all connections are busy.</param>
    /// <exception cref="StoreUnavailableException">The database cannot be read.</exception>
    public async ValueTask<T> ReadAsync<T>(Func<Database, T> read, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            Database database = _idle.TryTake(out Database? idle) ? idle : Open();
            try
            {
                return Read(database, read);
            }
            finally
            {
                _idle.Add(database);
            }
        }
        catch (SqliteFault fault)
        {
            throw fault.Translate();
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Copies the database as it is now into a new file.</summary>
    /// <exception cref="StoreUnavailableException">The file cannot be written.</exception>
    public async ValueTask<bool> CopyAsync(string target, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            using Database database = Open();
            database.BackupTo(target);
            return true;
        }
        catch (SqliteFault fault)
        {
            throw fault.Translate();
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose()
    {
        foreach (Database database in _idle)
        {
            database.Dispose();
        }

        _free.Dispose();
    }

    private static T Read<T>(Database database, Func<Database, T> read)
    {
        database.Begin();
        try
        {
            return read(database);
        }
        finally
        {
            database.Rollback();
        }
    }

    private Database Open()
    {
        Database database = Database.Open(path, readOnly: true);
        database.Execute("PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 268435456");
        return database;
    }
}
