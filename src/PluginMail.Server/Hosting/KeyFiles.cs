namespace PluginMail.Server;

/// <summary>The server's secrets in a backup: DKIM keys, tokens, and the keys behind decoys and rewritten senders. They lie in <c>keys/</c> of the backup.</summary>
internal static class KeyFiles
{
    private const string Folder = "keys";

    /// <summary>Copies the keys of a data folder into a backup.</summary>
    /// <exception cref="IOException">They cannot be copied.</exception>
    public static void Save(DataFolder data, string backupFolder)
    {
        string target = Path.Combine(backupFolder, Folder);
        foreach (string file in Directory.GetFiles(data.Root, "*.key").Append(data.ApiTokens).Where(File.Exists))
        {
            Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        CopyAll(data.Dkim, Path.Combine(target, Path.GetFileName(data.Dkim)));
    }

    /// <summary>Copies the keys of a backup into a data folder; a backup without keys leaves it to make new ones.</summary>
    /// <exception cref="IOException">They cannot be copied.</exception>
    public static void Restore(string backupFolder, DataFolder data) => CopyAll(Path.Combine(backupFolder, Folder), data.Root);

    private static void CopyAll(string source, string target)
    {
        if (!Directory.Exists(source))
        {
            return;
        }

        foreach (string file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            Copy(file, Path.Combine(target, Path.GetRelativePath(source, file)));
        }
    }

    // The copy has the file's mode; what it lies in is the server's alone.
    private static void Copy(string file, string target)
    {
        string folder = Path.GetDirectoryName(target)!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        File.Copy(file, target, overwrite: true);
    }
}
