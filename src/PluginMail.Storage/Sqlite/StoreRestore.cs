using Microsoft.Extensions.Logging;

namespace PluginMail.Storage.Sqlite;

/// <summary>Puts a backup into a new data folder, and checks what it put there.</summary>
internal static class StoreRestore
{
    public static async ValueTask<StoreCheckReport> RunAsync(
        string backupFolder, string dataFolder, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(backupFolder, BackupFiles.CompleteMark)))
        {
            throw new StoreUnavailableException($"{backupFolder} is no whole backup: {BackupFiles.CompleteMark} is missing", isDiskFull: false);
        }

        BackupFiles.Prepare(dataFolder);
        try
        {
            await Task.Run(() => Copy(backupFolder, dataFolder, cancellationToken), cancellationToken);
            SkipNumbers(new StoreLayout(dataFolder).Database);
            await using SqliteMailStore store = await SqliteMailStore.OpenAsync(new StoreOptions(dataFolder), time, loggers, cancellationToken);
            return await store.Maintenance.CheckAsync(cancellationToken);
        }
        catch (Exception fault)
        {
            Directory.Delete(dataFolder, recursive: true);
            throw fault is IOException and not StoreUnavailableException ? DurableDisk.Translate(fault) : fault;
        }
    }

    private static void Copy(string from, string to, CancellationToken cancellationToken)
    {
        var files = new BackupFiles(new DurableDisk(TimeSpan.Zero), null);
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(from, file);
            if (name != BackupFiles.CompleteMark)
            {
                files.Copy(file, Path.Combine(to, name), cancellationToken);
            }
        }

        files.SyncFolders(to);
    }

    /// <summary>
    /// Clients may have seen what came after the backup. So no UID, UIDVALIDITY or modification sequence given since is given again, and all
    /// messages count as changed, for their flags may be older than what a client keeps.
    /// </summary>
    private static void SkipNumbers(string path)
    {
        using Database database = Database.Open(path);
        database.Execute("PRAGMA synchronous = FULL");
        database.BeginImmediate();
        database.Execute(
            """
            UPDATE counters SET value = value + (1 << 40) WHERE name = 'mod_seq';
            UPDATE counters SET value = value + 1000000 WHERE name <> 'mod_seq';
            UPDATE folders SET uid_next = min(uid_next + 1000000, 4294967295), mod_seq = (SELECT value FROM counters WHERE name = 'mod_seq');
            UPDATE messages SET mod_seq = (SELECT value FROM counters WHERE name = 'mod_seq');
            """);
        database.Commit();
    }
}
