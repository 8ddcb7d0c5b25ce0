namespace PluginMail.Storage;

/// <summary>Small files beside the store that have to survive a power loss as they were last written.</summary>
public static class DurableFile
{
    private static readonly DurableDisk Disk = new(TimeSpan.Zero);

    /// <summary>Puts a file in the place of one that may be there, at once or not at all. Its server's user alone can read it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">The content.</param>
    /// <exception cref="IOException">It cannot be written. Where only the folder could not be synced, the new file is there, but may not outlast a power loss.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be written.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string next = path + ".new";
        File.Delete(next); // one that is there would keep its mode
        using (FileStream file = PrivateFiles.Create(next))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
        SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Brings a folder's entries to the disk: names that came, changed or went survive a power loss only after this.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="IOException">It cannot be synced.</exception>
    public static void SyncFolder(string path) => Disk.SyncFolder(path);
}
