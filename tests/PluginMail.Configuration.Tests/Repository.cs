namespace PluginMail.Configuration.Tests;

/// <summary>Where the tests' data lies.</summary>
internal static class Repository
{
    /// <summary>The folder that holds PluginMail.sln.</summary>
    internal static string Root { get; } = FindRoot();

    /// <summary>A file of the shared corpora; null where the corpora are not on this machine.</summary>
    internal static string? Corpus(string path)
    {
        string full = Path.GetFullPath(Path.Combine(Root, "..", "shared", "corpora", path));
        return Path.Exists(full) ? full : null;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "PluginMail.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("PluginMail.sln is in no folder above the tests.");
        }

        return folder.FullName;
    }
}
