using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;

namespace PluginMail.Storage.Sqlite;

/// <summary>Plugins' state in state.db, with a writer of its own: counters of a greylist never wait for mail, nor mail for them.</summary>
internal sealed class SqliteStateStores : IStateStores, IAsyncDisposable
{
    private const string Schema =
        """
        CREATE TABLE IF NOT EXISTS state (
            plugin TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, counter INTEGER NOT NULL DEFAULT 0, expires INTEGER NOT NULL,
            PRIMARY KEY (plugin, key)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS state_expires ON state (expires);
        """ + FilterCountTable.Schema;

    private readonly ConcurrentDictionary<string, IStateStore> _stores = new(StringComparer.Ordinal);
    private readonly GroupWriter<Database> _writer;
    private readonly ReaderPool _readers;
    private readonly TimeProvider _time;
    private readonly FilterCountTable _counts;

    private SqliteStateStores(GroupWriter<Database> writer, ReaderPool readers, TimeProvider time) =>
        (_writer, _readers, _time, _counts) = (writer, readers, time, new FilterCountTable(writer, readers, time));

    public static SqliteStateStores Open(string path, StoreOptions options, TimeProvider time, ILogger logger)
    {
        Database database = Database.Open(path);
        try
        {
            database.Execute("PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 1000");
            database.Execute(Schema);
            CarryOver(database);
            var committer = new StateCommitter(database, logger);
            return new SqliteStateStores(
                new GroupWriter<Database>("state writer", committer, 1024, long.MaxValue, fault => StorageLog.WriterStopped(logger, fault)),
                new ReaderPool(path, options.Readers),
                time);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public IStateStore For(string plugin) => _stores.GetOrAdd(plugin, static (name, self) => new Store(self, name), this);

    public IFilterCounts FilterCounts => _counts;

    /// <summary>Removes some of what has expired.</summary>
    /// <returns>Values removed.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        int removed = 0;
        int step;
        do
        {
            long now = _time.GetUtcNow().ToUnixTimeMilliseconds();
            step = await _writer.WriteAsync(
                database =>
                {
                    database.Prepare(
                        "DELETE FROM state WHERE (plugin, key) IN (SELECT plugin, key FROM state WHERE expires <= ? ORDER BY expires LIMIT 500)")
                        .With(now).Run();
                    return database.Changes;
                },
                cancellationToken);
            removed += step;
        }
        while (step == 500);
        await _counts.SweepAsync(cancellationToken);
        return removed;
    }

    /// <summary>Copies the database.</summary>
    public ValueTask<bool> BackupAsync(string path, CancellationToken cancellationToken) => _readers.CopyAsync(path, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _readers.Dispose();
    }

    /// <summary>The case of a plugin's name parts its state no more: what was kept under capitals lies under small letters from now on.</summary>
    private static void CarryOver(Database database)
    {
        for (string? name = Following(""); name is not null; name = Following(name))
        {
            string lower = name.ToLowerInvariant();
            if (lower == name)
            {
                continue;
            }

            database.BeginImmediate();
            database.Prepare("UPDATE OR IGNORE state SET plugin = ?2 WHERE plugin = ?1").With(name).With(lower).Run();
            database.Prepare("DELETE FROM state WHERE plugin = ?1").With(name).Run();
            database.Commit();
        }

        string? Following(string name)
        {
            using Statement row = database.Prepare("SELECT plugin FROM state WHERE plugin > ?1 ORDER BY plugin LIMIT 1").With(name);
            return row.Step() ? row.Text(0) : null;
        }
    }

    private static void CheckKey(string key)
    {
        if (key.Length > 512 || Encoding.UTF8.GetByteCount(key) > 512)
        {
            throw new ArgumentException("A key has at most 512 octets", nameof(key));
        }
    }

    private static void CheckValue(byte[]? value)
    {
        if (value?.Length > 64 << 10)
        {
            throw new ArgumentException("A value has at most 64 KiB", nameof(value));
        }
    }

    private sealed class Store(SqliteStateStores owner, string plugin) : IStateStore
    {
        public ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken)
        {
            CheckKey(key);
            long now = Now();
            return owner._readers.ReadAsync(database => Find(database, key, now), cancellationToken);
        }

        public async ValueTask<bool> CompareExchangeAsync(
            string key, byte[]? expected, byte[]? value, TimeSpan lifetime, CancellationToken cancellationToken)
        {
            CheckKey(key);
            CheckValue(value);
            long now = Now();
            long expires = Expiry(now, lifetime);
            return await owner._writer.WriteAsync(
                database =>
                {
                    byte[]? current = Find(database, key, now);
                    if (current is null ? expected is not null : expected is null || !current.AsSpan().SequenceEqual(expected))
                    {
                        return false;
                    }

                    Put(database, key, value, expires);
                    return true;
                },
                cancellationToken);
        }

        public async ValueTask<long> AddAsync(string key, long amount, TimeSpan lifetime, CancellationToken cancellationToken)
        {
            CheckKey(key);
            long now = Now();
            long expires = Expiry(now, lifetime);
            return await owner._writer.WriteAsync(
                database => database.Prepare(
                    """
                    INSERT INTO state (plugin, key, value, counter, expires) VALUES (?1, ?2, x'', ?3, ?4)
                    ON CONFLICT DO UPDATE SET
                        counter = CASE WHEN expires <= ?5 THEN excluded.counter ELSE counter + excluded.counter END,
                        expires = CASE WHEN expires <= ?5 THEN excluded.expires ELSE expires END
                    RETURNING counter
                    """).With(plugin).With(key).With(amount).With(expires).With(now).Scalar() ?? amount,
                cancellationToken);
        }

        private static long Expiry(long now, TimeSpan lifetime)
        {
            double end = now + lifetime.TotalMilliseconds;
            return end >= long.MaxValue / 2 ? long.MaxValue / 2 : (long)end;
        }

        private long Now() => owner._time.GetUtcNow().ToUnixTimeMilliseconds();

        private byte[]? Find(Database database, string key, long now)
        {
            using Statement row = database.Prepare("SELECT value FROM state WHERE plugin = ?1 AND key = ?2 AND expires > ?3")
                .With(plugin).With(key).With(now);
            return row.Step() ? row.Blob(0) : null;
        }

        private void Put(Database database, string key, byte[]? value, long expires)
        {
            if (value is null)
            {
                database.Prepare("DELETE FROM state WHERE plugin = ?1 AND key = ?2").With(plugin).With(key).Run();
                return;
            }

            // An empty value is bound as NULL, so it is made an empty blob here.
            database.Prepare(
                """
                INSERT INTO state (plugin, key, value, expires) VALUES (?1, ?2, coalesce(?3, x''), ?4)
                ON CONFLICT DO UPDATE SET value = excluded.value, counter = 0, expires = excluded.expires
                """).With(plugin).With(key).With(value.AsSpan()).With(expires).Run();
        }
    }
}
