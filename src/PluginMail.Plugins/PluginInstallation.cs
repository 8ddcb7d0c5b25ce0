using PluginMail.Abstractions;
using PluginMail.Plugins.Generations;
using PluginMail.Plugins.Installing;
using PluginMail.Plugins.Loading;
using PluginMail.Plugins.Roles;

namespace PluginMail.Plugins;

/// <summary>A plugin that was copied and looked at, and is not in its place yet.</summary>
/// <param name="Name">Its name: that of its folder and of its table in mail.toml.</param>
/// <param name="Version">The version of its assembly.</param>
/// <param name="Staged">The folder where it lies meanwhile.</param>
public sealed record StagedPlugin(string Name, string Version, string Staged);

/// <summary>Puts plugins into the folder of installed ones, and takes them out. Whatever fails, that folder is as it was.</summary>
/// <param name="options">The folders.</param>
public sealed class PluginInstallation(PluginHostOptions options)
{
    private const int LongestName = 64;

    /// <summary>Folders that lie aside are named by a key of so many digits; one that may have to go back has a hyphen and its own name behind it.</summary>
    private const int KeyLength = 32;

    /// <summary>Within the folder of installed plugins, which may be a file system of its own; a name with a dot is no plugin's.</summary>
    private readonly string _staging = Path.Combine(Path.GetFullPath(options.Installed), ".incoming");

    /// <summary>Where earlier servers had it.</summary>
    private readonly string _formerStaging = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Installed)) + "-incoming";

    /// <summary>Held by who installs, removes, enables or disables, until it is certain that nothing has to be undone.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>Copies a package aside and checks what can be checked without running it: the main assembly, its contract, its references.</summary>
    /// <param name="source">A folder, or a zip archive, in which one folder that holds all the rest is passed over.</param>
    /// <param name="name">The name it is to have; null takes its assembly's.</param>
    /// <returns>The plugin, to be given to <see cref="Place"/> or <see cref="Discard"/>; or why it cannot be used.</returns>
    /// <exception cref="IOException">It cannot be read, or the disk is full.</exception>
    public (StagedPlugin? Plugin, string? Error) Stage(string source, string? name)
    {
        string staged = Path.Combine(_staging, Guid.NewGuid().ToString("N"));
        try
        {
            PluginPackage.Unpack(source, staged);
            var folder = new PluginFolder(staged);
            string main = folder.FindMainAssembly(name ?? NameOfSource(source));
            string chosen = name ?? NameOf(main);
            if (!IsName(chosen))
            {
                throw new PluginRejectedException($"\"{FaultText.Shown(chosen)}\" is no name for a plugin: letters, digits, hyphens and underscores");
            }

            // It will lie in a folder of the chosen name, by which its assembly is found from then on.
            return (new StagedPlugin(chosen, Inspect(folder, chosen).Image.Version, staged), null);
        }
        catch (PluginRejectedException e)
        {
            new PluginFolder(staged).Delete();
            return (null, e.Message);
        }
        catch
        {
            new PluginFolder(staged).Delete();
            throw;
        }
    }

    /// <summary>Puts a plugin in its place.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <returns>Where the one lies that was there before, to be given to <see cref="PutBack"/> or <see cref="Discard"/>; null where there was none.</returns>
    /// <exception cref="IOException">It cannot be moved.</exception>
    public StagedPlugin? Place(StagedPlugin plugin)
    {
        var before = Take(plugin.Name);
        try
        {
            Directory.Move(plugin.Staged, Path.Combine(options.Installed, before is null ? plugin.Name : NameIn(before)));
            return before;
        }
        catch
        {
            if (before is not null)
            {
                PutBack(before);
            }

            throw;
        }
    }

    /// <summary>Takes an installed plugin out of its place.</summary>
    /// <param name="name">Its name, whatever the case.</param>
    /// <returns>Where it lies now; null where none is installed under that name.</returns>
    /// <exception cref="IOException">It cannot be moved.</exception>
    public StagedPlugin? Take(string name)
    {
        if (FindInstalled(name) is not { } folder)
        {
            return null;
        }

        Directory.CreateDirectory(_staging);
        string aside = Path.Combine(_staging, $"{Guid.NewGuid():N}-{Path.GetFileName(folder)}");
        Directory.Move(folder, aside);
        return new StagedPlugin(name, "", aside);
    }

    /// <summary>Undoes <see cref="Place"/> or <see cref="Take"/>.</summary>
    /// <param name="before">What they gave.</param>
    /// <exception cref="IOException">It cannot be moved.</exception>
    public void PutBack(StagedPlugin before)
    {
        string folder = Path.Combine(options.Installed, NameIn(before));
        StagedPlugin? other = FindInstalled(NameIn(before)) is { } found ? new StagedPlugin(before.Name, "", found) : null;
        Discard(other);
        Directory.Move(before.Staged, folder);
    }

    /// <summary>
    /// Ends what a server that was killed had begun: a plugin that was taken out of its place and not discarded yet goes back, whatever stands there
    /// now, as nobody knows of that whether it starts; and what else lies aside is removed. To be called before plugins are started, while nothing
    /// is being installed.
    /// </summary>
    /// <exception cref="IOException">It cannot be moved.</exception>
    public void Recover()
    {
        foreach (string folder in ((string[])[_staging, _formerStaging]).Where(Directory.Exists).SelectMany(Directory.GetDirectories))
        {
            string name = Path.GetFileName(folder);
            if (name.Length > KeyLength + 1 && name[KeyLength] == '-')
            {
                PutBack(new StagedPlugin(name[(KeyLength + 1)..], "", folder));
            }
            else
            {
                new PluginFolder(folder).Delete();
            }
        }
    }

    /// <summary>Removes what lies aside, as far as that is possible. From here on nothing goes back.</summary>
    /// <param name="plugin">The plugin; null where there is none.</param>
    /// <exception cref="IOException">It cannot be moved.</exception>
    public void Discard(StagedPlugin? plugin)
    {
        if (plugin is not null && Directory.Exists(plugin.Staged))
        {
            // One step: a kill in the middle of the removal must not leave half a plugin that goes back.
            Directory.CreateDirectory(_staging);
            string nameless = Path.Combine(_staging, Guid.NewGuid().ToString("N"));
            Directory.Move(plugin.Staged, nameless);
            new PluginFolder(nameless).Delete();
        }
    }

    /// <summary>Checks a plugin where it lies, without running it.</summary>
    /// <param name="name">Its name, whatever the case.</param>
    /// <returns>Null where it can be loaded; otherwise why not.</returns>
    public string? Check(string name)
    {
        try
        {
            Inspect(Find(name), name);
            return null;
        }
        catch (PluginRejectedException e)
        {
            return e.Message;
        }
    }

    /// <summary>Checks a plugin where it lies and has it read its table, without starting it. Runs its code: for a process that ends soon.</summary>
    /// <param name="name">Its name, whatever the case.</param>
    /// <param name="settings">Its table, which gathers what is wrong.</param>
    /// <param name="hostname">The server's name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// What keeps it from being loaded, or from reading its table; null where nothing does. And whether it has read all keys that it knows, so
    /// that others can be said to be unknown.
    /// </returns>
    public async Task<(string? Error, bool HasReadAll)> CheckSettingsAsync(
        string name, ISettings settings, string hostname, CancellationToken cancellationToken)
    {
        PluginLoadContext? context = null;
        try
        {
            var (main, _, references) = Inspect(Find(name), name);
            var loaded = context = new PluginLoadContext($"plugins.{name} to be checked", references);
            return (null, await Task.Factory
                .StartNew(() => CheckSettings(loaded, main, settings, hostname), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .Unwrap()
                .WaitAsync(options.StartLimit, cancellationToken));
        }
        catch (TimeoutException)
        {
            return ($"did not read its table within {options.StartLimit}", false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return (e is PluginRejectedException ? e.Message : FaultText.Line(e), false);
        }
        finally
        {
            context?.Unload();
        }
    }

    private static async Task<bool> CheckSettings(PluginLoadContext context, string main, ISettings settings, string hostname)
    {
        await using IMailPlugin plugin = Generation.Instantiate(context, main);
        return plugin.CheckSettings(settings, hostname);
    }

    private PluginFolder Find(string name) => PluginFolder.Find(options.Roots, name)
        ?? throw new PluginRejectedException($"no folder {name} with an assembly in {options.Installed} or {options.Bundled}");

    /// <summary>What can be said without running it.</summary>
    private static PluginAssemblies Inspect(PluginFolder folder, string name) =>
        PluginAssemblies.Check(folder, folder.FindMainAssembly(name), new SharedAssemblies());

    /// <summary>All plugins that could run, by name: the installed ones and those that came with the server.</summary>
    /// <returns>Names of folders, each with whether it is installed.</returns>
    public IReadOnlyList<(string Name, bool IsInstalled)> Available() =>
    [
        .. options.Roots.Where(Directory.Exists)
            .SelectMany(root => Directory.EnumerateDirectories(root).Select(folder => (Name: Path.GetFileName(folder), IsInstalled: root == options.Installed)))
            .Where(plugin => !plugin.Name.StartsWith('.'))
            .DistinctBy(plugin => plugin.Name, StringComparer.OrdinalIgnoreCase)
            .OrderBy(plugin => plugin.Name, StringComparer.OrdinalIgnoreCase),
    ];

    /// <summary>Whether a plugin came with the server: it is there again where an installed one of its name is removed.</summary>
    /// <param name="name">Its name, whatever the case.</param>
    public bool IsBundled(string name) => PluginFolder.Find([options.Bundled], name) is not null;

    private static string NameIn(StagedPlugin before) => Path.GetFileName(before.Staged)[(KeyLength + 1)..];

    private string? FindInstalled(string name) => !Directory.Exists(options.Installed) ? null : Directory.EnumerateDirectories(options.Installed)
        .Where(folder => string.Equals(Path.GetFileName(folder), name, StringComparison.OrdinalIgnoreCase))
        .Order(StringComparer.Ordinal)
        .FirstOrDefault();

    /// <summary>A package is named like the plugin, as a rule. A folder's name has no extension: its dots are part of it.</summary>
    private static string NameOfSource(string source)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(source));
        return Directory.Exists(source) ? name : Path.GetFileNameWithoutExtension(name);
    }

    private static string NameOf(string assembly) => string.Concat(
        Path.GetFileNameWithoutExtension(assembly).ToLowerInvariant().Select(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-'));

    // Its twin is PluginOptions.IsName of PluginMail.Configuration, which this project does not refer to: what one allows the other must.
    // "order" and "stage_time" are keys of [plugins] and no plugins' tables.
    private static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && name is not ("order" or "stage_time")
        && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
