namespace PluginMail.Dlp;

/// <summary>Tells files that have gone from those that are out of sight. Each folder is listed once.</summary>
internal sealed class FolderNames
{
    private readonly Dictionary<string, HashSet<string>?> _folders = new(StringComparer.Ordinal);

    /// <summary>
    /// Whether a file has gone, and its folder has not: that is there, can be listed, and has something in it where it lies below what is registered,
    /// as the folder that another file system is mounted on is empty without it.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="root">What is registered: the file, or a folder around it.</param>
    public bool HaveLost(string file, string root)
    {
        string folder = Path.GetDirectoryName(file) ?? file;
        if (!_folders.TryGetValue(folder, out var names))
        {
            _folders[folder] = names = List(folder);
        }

        return names is not null && !names.Contains(Path.GetFileName(file)) && (names.Count > 0 || folder == root);
    }

    private static HashSet<string>? List(string folder)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(folder).Select(entry => Path.GetFileName(entry)).ToHashSet(StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
