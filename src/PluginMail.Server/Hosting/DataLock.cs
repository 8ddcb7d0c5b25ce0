using System.Text;

namespace PluginMail.Server;

/// <summary>The lock on a data folder: two processes never write one store.</summary>
internal sealed class DataLock : IDisposable
{
    private readonly FileStream _file;

    private DataLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <param name="folder">The data folder; made, for its owner alone, where it is missing.</param>
    /// <param name="purpose">What the holder does, for those who find it taken.</param>
    /// <param name="now">The time.</param>
    /// <param name="holder">Who holds it, where it is taken.</param>
    /// <returns>The lock, or null where it is taken.</returns>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    public static DataLock? TryTake(string folder, string purpose, DateTimeOffset now, out string holder)
    {
        holder = "";
        if (!Directory.Exists(folder))
        {
            MakeFolder(folder);
        }

        string path = Path.Combine(folder, "lock");
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            holder = ReadHolder(path);
            return null;
        }

        file.SetLength(0);
        file.Write(Encoding.UTF8.GetBytes($"{purpose}, process {Environment.ProcessId}, since {now:yyyy-MM-dd HH:mm:ss}Z\n"));
        file.Flush();
        return new DataLock(file);
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose()
    {
        _file.SetLength(0);
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
            // Advisory locks do not keep readers out who ask for no lock of their own.
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            string text = reader.ReadToEnd().Trim();
            return text.Length == 0 ? "another process" : text;
        }
        catch (IOException)
        {
            return "another process";
        }
    }
}
