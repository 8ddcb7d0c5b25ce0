namespace PluginMail.Plugins.Reloading;

/// <summary>Which folder has a path now. A watch stays with the folder that had the path when it began, whoever is renamed to it later.</summary>
/// <param name="Path">The path that a link at the end leads to.</param>
/// <param name="Made">When it was made, or, where the file system does not know that, last changed.</param>
internal readonly record struct FolderStamp(string Path, DateTime Made)
{
    /// <summary>Looks at a path.</summary>
    /// <returns>Null where there is no folder.</returns>
    public static FolderStamp? Of(string path)
    {
        try
        {
            string real = new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
            return Directory.Exists(real) ? new FolderStamp(real, Directory.GetCreationTimeUtc(real)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
