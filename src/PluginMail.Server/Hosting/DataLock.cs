namespace PluginMail.Server;

/// <summary>The lock on a data folder: two processes never write one store.</summary>
internal sealed class DataLock : IDisposable
{
    private const string LockFile = "lock";
    private const string HolderFile = "lock.holder"; // apart, because the locked file cannot be opened to be read
    private readonly FileStream _file;
    private readonly string _note;

    private DataLock(FileStream file, string note)
    {
        _file = file;
        _note = note;
    }

    /// <summary>Takes the lock.</summary>
    /// <param name="folder">The data folder; made, for its owner alone, where it is missing.</param>
    /// <param name="purpose">What the holder does, for those who find it taken.</param>
    /// <param name="now">The time.</param>
    /// <param name="holder">Who holds it, where it is taken.</param>
    /// <returns>The lock, or null where it is taken.</returns>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">It belongs to somebody else.</exception>
    public static DataLock? TryTake(string folder, string purpose, DateTimeOffset now, out string holder)
    {
        holder = "";
        if (!Directory.Exists(folder))
        {
            MakeFolder(folder);
        }

        FileStream file;
        try
        {
            file = new FileStream(Path.Combine(folder, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(Path.Combine(folder, LockFile)))
        {
            holder = ReadHolder(Path.Combine(folder, HolderFile));
            return null;
        }

        string note = Path.Combine(folder, HolderFile);
        File.WriteAllText(note, $"{purpose}, process {Environment.ProcessId}, since {now:yyyy-MM-dd HH:mm:ss}Z\n");
        return new DataLock(file, note);
    }

    /// <summary>Whether a file of the data folder is one of the lock's.</summary>
    public static bool Owns(string name) => name is LockFile or HolderFile;

    /// <summary>Gives the lock back.</summary>
    public void Dispose()
    {
        File.Delete(_note);
        _file.Dispose();
    }

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static string ReadHolder(string path)
    {
        try
        {
            string text = File.ReadAllText(path).Trim();
            return text.Length == 0 ? "another process" : text;
        }
        catch (IOException)
        {
            return "another process";
        }
    }
}
