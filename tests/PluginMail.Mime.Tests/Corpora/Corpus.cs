namespace PluginMail.Mime.Tests.Corpora;

/// <summary>Messages that others wrote, from ../shared/corpora beside the repository; empty where that folder is missing.</summary>
internal static class Corpus
{
    public static string RepositoryRoot { get; } = FindRoot();

    public static IReadOnlyList<string> Files { get; } = FindFiles();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PluginMail.sln")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName ?? throw new InvalidOperationException("PluginMail.sln is in no parent folder.");
    }

    private static List<string> FindFiles()
    {
        var corpora = Path.Combine(RepositoryRoot, "..", "shared", "corpora");
        return Directory.Exists(corpora)
            ? [.. Directory.EnumerateFiles(Path.Combine(corpora, "messages"))
                .Concat(Directory.EnumerateFiles(corpora, "*.mbox.txt"))
                .Concat(Directory.EnumerateFiles(Path.Combine(corpora, "dkim"), "*.msg"))
                .Order(StringComparer.Ordinal)]
            : [];
    }
}
