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
}
