namespace PluginMail.EndToEnd;

/// <summary>Where things lie in the repository.</summary>
internal static class Repository
{
    /// <summary>The folder that holds PluginMail.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The server as it was built together with these tests.</summary>
    public static string Server { get; } = Path.Combine(Root, "src/PluginMail.Server/bin", BuildFolder(), "pluginmail.dll");

    /// <summary>Debug or Release: how these tests and the server were built.</summary>
    public static string Built { get; } = BuildFolder().Split('/')[0];

    /// <summary>A plugin that came with the server.</summary>
    public static string BundledPlugin(string name) => Path.Combine(Path.GetDirectoryName(Server)!, "plugins", name);

    /// <summary>A script of clients/.</summary>
    public static string ClientScript(string name) => Path.Combine(Root, "tests/EndToEnd/clients", name);

    /// <summary>The messages that nobody here wrote. Skips the test where they are not on this machine.</summary>
    public static string Corpora()
    {
        string folder = Path.GetFullPath(Path.Combine(Root, "../shared/corpora"));
        Skip.IfNot(Directory.Exists(folder), "../shared/corpora is not here");
        return folder;
    }

    // As Debug/net10.0: the last two folders of where these tests run.
    private static string BuildFolder()
    {
        string[] folders = AppContext.BaseDirectory.TrimEnd('/').Split('/');
        return Path.Combine(folders[^2], folders[^1]);
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
