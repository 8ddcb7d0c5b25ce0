namespace PluginMail.Fuzz;

/// <summary>Committed inputs of a target: those to start from, and those that once broke it.</summary>
internal sealed class FuzzCorpus(string target)
{
    public IReadOnlyList<byte[]> Seeds { get; } = Read("corpus", target);

    public IReadOnlyList<byte[]> Crashes { get; } = Read("crashes", target);

    private static List<byte[]> Read(string kind, string target)
    {
        var folder = Path.Combine(FindRoot(), "tests", "Fuzz", kind, target);
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)]
            : [];
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PluginMail.sln")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName ?? throw new InvalidOperationException("PluginMail.sln is in no parent folder.");
    }
}
