using Microsoft.Extensions.Logging;
using PluginMail.Storage;
using PluginMail.Storage.Sqlite;

namespace PluginMail.Server;

/// <summary>
/// Makes a backup the store of a data folder that holds none. The caller holds the folder's lock, whose file lies in it; so the backup is
/// restored and checked in a folder inside, and then moved up. As long as that folder is there, no server starts on what is half there.
/// </summary>
internal static class RestoredStore
{
    private const string InsideFolder = "restoring";

    /// <summary>Whether a restore was interrupted.</summary>
    public static bool IsHalfDone(string dataFolder) => Directory.Exists(Path.Combine(dataFolder, InsideFolder));

    /// <summary>Restores.</summary>
    /// <returns>What the check of the restored store found.</returns>
    /// <exception cref="IOException">The backup is not whole, or the data folder is not empty, or cannot be written.</exception>
    public static async Task<StoreCheckReport> RunAsync(
        string backupFolder, string dataFolder, TimeProvider clock, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (IsHalfDone(dataFolder))
        {
            throw new IOException($"an earlier restore into {dataFolder} was interrupted; empty the folder first");
        }

        if (Directory.EnumerateFileSystemEntries(dataFolder).FirstOrDefault(entry => !DataLock.Owns(Path.GetFileName(entry))) is { } entry)
        {
            throw new IOException($"{dataFolder} is not empty: {Path.GetFileName(entry)} is there");
        }

        string inside = Path.Combine(dataFolder, InsideFolder);
        StoreCheckReport report = await SqliteMailStore.RestoreAsync(backupFolder, inside, clock, loggers, cancellationToken);
        foreach (string restored in Directory.EnumerateFileSystemEntries(inside).ToList())
        {
            string target = Path.Combine(dataFolder, Path.GetFileName(restored));
            if (Directory.Exists(restored))
            {
                Directory.Move(restored, target);
            }
            else
            {
                File.Move(restored, target);
            }
        }

        KeyFiles.Restore(backupFolder, new DataFolder(dataFolder));
        Directory.Delete(inside);
        return report;
    }
}
