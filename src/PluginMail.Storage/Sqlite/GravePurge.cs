using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace PluginMail.Storage.Sqlite;

/// <summary>Removes expunged messages and deleted folders once no version held can see them, in steps that never hold the writer up.</summary>
internal sealed class GravePurge(LiveFolders live, ILogger logger)
{
    private const int StepSize = 500;

    private readonly ConcurrentDictionary<FolderId, bool> _pending = [];

    /// <summary>The writer; set before the first request.</summary>
    public GroupWriter<WriteTransaction>? Writer { get; set; }

    /// <summary>Purges a folder in the background.</summary>
    public void Request(FolderId folder)
    {
        if (_pending.TryAdd(folder, true))
        {
            _ = RunAsync(folder);
        }
    }

    /// <summary>Purges whatever can be purged.</summary>
    public async Task PurgeAllAsync(IReadOnlyList<FolderId> folders, CancellationToken cancellationToken)
    {
        foreach (FolderId folder in folders)
        {
            while (await Writer!.WriteAsync(transaction => Step(transaction, folder), cancellationToken, mayLag: true))
            {
            }
        }
    }

    /// <summary>The folders that have something to purge.</summary>
    public static List<FolderId> List(Database database)
    {
        var folders = new List<FolderId>();
        using Statement rows = database.Prepare(
            "SELECT DISTINCT id >> 32 FROM graves UNION SELECT id FROM folders WHERE account IS NULL");
        while (rows.Step())
        {
            folders.Add(new FolderId(rows.Long(0)));
        }

        return folders;
    }

    private async Task RunAsync(FolderId folder)
    {
        try
        {
            bool more = true;
            while (more)
            {
                _pending[folder] = true;
                more = await Writer!.WriteAsync(
                    transaction =>
                    {
                        _pending.TryRemove(folder, out _); // what is let go of from here on asks again
                        return Step(transaction, folder);
                    },
                    CancellationToken.None,
                    mayLag: true);
            }
        }
        catch (StoreUnavailableException)
        {
            _pending.TryRemove(folder, out _); // the next release or the next reclaim tries again
        }
        catch (Exception fault)
        {
            _pending.TryRemove(folder, out _);
            StorageLog.BackgroundFailed(logger, fault, "purge");
        }
    }

    /// <summary>One bounded step.</summary>
    /// <returns>Whether there is more to do now.</returns>
    private bool Step(WriteTransaction transaction, FolderId folder)
    {
        // What this very batch expunged is not published yet: somebody may take hold of the version that still sees it.
        ulong oldest = live.OldestHeld(folder);
        Database database = transaction.Database;
        if (Remove(transaction, "graves", folder, Math.Min(oldest, transaction.PublishedModSeq)))
        {
            return true;
        }

        bool hasGraves = database.Prepare("SELECT 1 FROM graves WHERE id BETWEEN ?1 AND ?2 LIMIT 1")
            .With(folder.Value << 32).With((folder.Value << 32) | uint.MaxValue).Scalar() is not null;
        bool isDeleted = database.Prepare("SELECT 1 FROM folders WHERE id = ? AND account IS NULL").With(folder.Value).Scalar() is not null;
        if (transaction.IsTouched(folder))
        {
            return (hasGraves || isDeleted) && oldest > transaction.PublishedModSeq;
        }

        if (live.Find(folder) is { } inMemory)
        {
            inMemory.HasGraves = hasGraves || isDeleted;
        }

        if (!isDeleted || oldest != ulong.MaxValue)
        {
            return false;
        }

        if (Remove(transaction, "messages", folder, ulong.MaxValue))
        {
            return true;
        }

        database.Prepare("DELETE FROM folders WHERE id = ?").With(folder.Value).Run();
        return false;
    }

    private static bool Remove(WriteTransaction transaction, string table, FolderId folder, ulong oldest)
    {
        Database database = transaction.Database;
        var found = new List<(long Id, long Body)>();
        using (Statement rows = database.Prepare(table == "graves"
            ? "SELECT id, body FROM graves WHERE id BETWEEN ?1 AND ?2 AND mod_seq <= ?3 LIMIT ?4"
            : "SELECT id, body FROM messages WHERE id BETWEEN ?1 AND ?2 AND mod_seq <= ?3 LIMIT ?4")
            .With(folder.Value << 32).With((folder.Value << 32) | uint.MaxValue).With((long)Math.Min(oldest, long.MaxValue)).With(StepSize))
        {
            while (rows.Step())
            {
                found.Add((rows.Long(0), rows.Long(1)));
            }
        }

        foreach ((long id, long body) in found)
        {
            transaction.AddReferences(body, -1);
            database.Prepare(table == "graves" ? "DELETE FROM graves WHERE id = ?" : "DELETE FROM messages WHERE id = ?").With(id).Run();
        }

        return found.Count > 0;
    }
}
