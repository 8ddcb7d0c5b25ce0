namespace PluginMail.Storage;

/// <summary>Where a store's files lie.</summary>
/// <param name="Root">The data folder.</param>
internal sealed record StoreLayout(string Root)
{
    public string Database => Path.Combine(Root, "mail.db");

    public string StateDatabase => Path.Combine(Root, "state.db");

    public string Bodies => Path.Combine(Root, "bodies");

    public string LargeBodies => Path.Combine(Bodies, "large");

    public string Spool => Path.Combine(Root, "spool");

    public string Segment(int number) => Path.Combine(Bodies, $"{number:x8}.pack");

    /// <summary>The file of a large body; 4,096 to a folder.</summary>
    public string LargeBody(long number) => Path.Combine(LargeBodies, $"{number >> 12:x4}", $"{number:x}.body");

    public IEnumerable<int> Segments() =>
        Directory.EnumerateFiles(Bodies, "*.pack")
            .Select(path => int.TryParse(Path.GetFileNameWithoutExtension(path), System.Globalization.NumberStyles.HexNumber, null, out int n) ? n : 0)
            .Where(number => number > 0)
            .Order();

    public IEnumerable<long> LargeBodyNumbers() =>
        Directory.EnumerateFiles(LargeBodies, "*.body", SearchOption.AllDirectories)
            .Select(path => long.TryParse(Path.GetFileNameWithoutExtension(path), System.Globalization.NumberStyles.HexNumber, null, out long n) ? n : 0)
            .Where(number => number > 0);

    /// <summary>Makes the folders that are missing, durably.</summary>
    public void Create(DurableDisk disk)
    {
        Directory.CreateDirectory(Root);
        Directory.CreateDirectory(Bodies);
        Directory.CreateDirectory(LargeBodies);
        Directory.CreateDirectory(Spool);
        disk.SyncFolder(Bodies);
        disk.SyncFolder(Root);
    }

    /// <summary>Removes what an interrupted server left in the spool.</summary>
    /// <returns>Files removed.</returns>
    public int ClearSpool()
    {
        int removed = 0;
        foreach (string file in Directory.EnumerateFiles(Spool))
        {
            File.Delete(file);
            removed++;
        }

        return removed;
    }
}
