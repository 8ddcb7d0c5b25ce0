namespace PluginMail.Plugins;

/// <summary>Where plugins lie, and how long the server waits for them.</summary>
/// <param name="Installed">The folder of installed plugins, <c>data/plugins</c>; is made where it is missing. Searched first.</param>
/// <param name="Bundled">The folder of plugins that came with the server; need not exist.</param>
/// <param name="Shadow">Holds the copies that are loaded. Belongs to this server alone and is emptied at start.</param>
public sealed record PluginHostOptions(string Installed, string Bundled, string Shadow)
{
    /// <summary>The longest a plugin may take to start.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long calls and sessions under way on a retired version may go on before it is stopped all the same.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest a retired version may take for its background services to end, and again to dispose.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after its unloading a version may still be in memory before a collection is forced and, in vain, a leak is reported.</summary>
    public TimeSpan UnloadGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a plugin's folder must be quiet before it is looked at.</summary>
    public TimeSpan Debounce { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Between the two readings of a folder that must agree before it is loaded.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often scripts are read again, and folders watched anew that were exchanged, whatever the system tells of changes.</summary>
    public TimeSpan LookPeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A call whose synchronous part takes longer has blocked its thread.</summary>
    public TimeSpan BlockingThreshold { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The first pause before a background service that ended by a fault is started again; doubled each time, up to 64 times as long.</summary>
    public TimeSpan RestartPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Holds a folder for each plugin that keeps files; null: beside the installed ones, <c>../plugin-data</c>.</summary>
    public string? DataFolders { get; init; }

    /// <summary>Holds compiled C# scripts; null: beside the installed plugins, <c>../script-cache</c>. Only the server's user may write there.</summary>
    public string? ScriptCache { get; init; }

    /// <summary>The folder of compiled scripts.</summary>
    internal string ScriptCacheFolder => Path.GetFullPath(ScriptCache ?? Path.Combine(Installed, "..", "script-cache"));

    /// <summary>The folder of one plugin's own files.</summary>
    /// <param name="name">The plugin's name in mail.toml.</param>
    /// <returns>An absolute path; made on the way, for the server's user alone.</returns>
    /// <exception cref="IOException">It cannot be made.</exception>
    internal string DataFolder(string name)
    {
        string path = Path.GetFullPath(Path.Combine(DataFolders ?? Path.Combine(Installed, "..", "plugin-data"), name.ToLowerInvariant()));
        return OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(path).FullName
            : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
    }

    /// <summary>The folders that hold plugin folders, in the order of searching.</summary>
    internal string[] Roots => [Installed, Bundled];
}
