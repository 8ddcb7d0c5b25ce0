using PluginMail.Plugins.Loading;

namespace PluginMail.Plugins.Scripts;

/// <summary>Compiled scripts on disk, one folder each, so that a start without changes needs no compiler.</summary>
/// <param name="root">The folder that holds them; the server's user alone may write there, as what lies in it is run.</param>
internal sealed class ScriptCache(string root)
{
    private const int Kept = 4;

    /// <summary>Finds a script that was compiled before.</summary>
    /// <returns>Its folder, all assemblies in it whole; null where there is none.</returns>
    public PluginFolder? Find(string name, string hash)
    {
        string folder = FolderOf(name, hash);
        try
        {
            PluginImage.Read(AssemblyIn(folder, name));
            Array.ForEach(Directory.GetFiles(folder, "*.dll"), file => PluginImage.Read(file));
            return new PluginFolder(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PluginRejectedException)
        {
            return null; // never compiled, or a crash cut it off: it is compiled anew
        }
    }

    /// <summary>Keeps a compiled script, whole or not at all, and removes all but the last few of its name.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public PluginFolder Store(string name, string hash, byte[] image, IReadOnlyDictionary<string, byte[]> references)
    {
        string folder = FolderOf(name, hash);
        string made = $"{folder}.{Guid.NewGuid():N}.new";
        MakeRoot();
        Directory.CreateDirectory(made);
        try
        {
            Write(AssemblyIn(made, name), image);
            foreach (var (path, octets) in references)
            {
                string copy = Path.Combine(made, Path.GetFileName(path));
                if (File.Exists(copy))
                {
                    throw new PluginRejectedException($"refers to two assemblies called {Path.GetFileName(path)}, or to one with the script's own name");
                }

                Write(copy, octets);
            }

            new PluginFolder(folder).Delete();
            Directory.Move(made, folder);
        }
        finally
        {
            new PluginFolder(made).Delete();
        }

        Prune(name, hash);
        return new PluginFolder(folder);
    }

    // On disk before its folder has its name: what a power failure cut off would be taken for a compiled script.
    private static void Write(string path, byte[] octets)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        file.Write(octets);
        file.Flush(flushToDisk: true);
    }

    private static string AssemblyIn(string folder, string name) => Path.Combine(folder, $"{name}.dll");

    private string FolderOf(string name, string hash) => Path.Combine(root, name, hash);

    private void MakeRoot()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(root);
        }
        else
        {
            Directory.CreateDirectory(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Removes all but the last few. The one just made stays whatever the clock says: it may have been set back.</summary>
    private void Prune(string name, string made)
    {
        var others = new DirectoryInfo(Path.Combine(root, name)).EnumerateDirectories().Where(folder => folder.Name != made);
        foreach (var old in others.OrderByDescending(folder => folder.LastWriteTimeUtc).Skip(Kept - 1))
        {
            new PluginFolder(old.FullName).Delete();
        }
    }
}
