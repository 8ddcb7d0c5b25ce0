using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PluginMail.Pipeline;
using PluginMail.Plugins.Generations;
using PluginMail.Plugins.Loading;
using PluginMail.Plugins.Reloading;
using PluginMail.Plugins.Roles;
using PluginMail.Plugins.Scripts;

namespace PluginMail.Plugins;

/// <summary>Runs the plugins that mail.toml names, and replaces them while the server runs.</summary>
/// <remarks>One change at a time; calls of roles never wait for one.</remarks>
public sealed partial class PluginHost : IRoleCatalog, IAsyncDisposable
{
    private readonly PluginHostOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly IAdministratorAlerts? _alerts;
    private readonly Replacement _replacement;
    private readonly FolderWatch _watch;
    private readonly ScriptWatch _scripts;
    private readonly ITimer _rounds;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private ImmutableArray<Placed> _plugins = [];
    private RoleSet _current = RoleSet.Empty;

    /// <summary>Empties the folder of copies and begins to watch the plugin folders. No plugin runs yet.</summary>
    /// <param name="options">Folders and time limits.</param>
    /// <param name="services">What plugins are offered.</param>
    /// <exception cref="IOException">A folder cannot be made.</exception>
    public PluginHost(PluginHostOptions options, PluginHostServices services)
    {
        _options = options;
        _clock = services.Clock;
        _alerts = services.Alerts;
        _log = services.Loggers.CreateLogger("plugins");
        _replacement = new Replacement(options, services, _log, Publish, _stopping.Token);
        Directory.CreateDirectory(options.Installed);
        new PluginFolder(options.Shadow).Delete();
        Directory.CreateDirectory(options.Shadow);
        _watch = new FolderWatch(
            options.Roots, options.Debounce, services.Clock, _log, folder => _replacement.Forget(LookAsync(folder)));
        _scripts = new ScriptWatch(_watch.Touch, _log);
        _rounds = services.Clock.CreateTimer(_ => _replacement.Forget(LookAroundAsync()), null, options.LookPeriod, options.LookPeriod);
    }

    /// <inheritdoc/>
    public RoleSet Current => Volatile.Read(ref _current);

    /// <summary>The commands of the plugins that serve, in mail.toml's order.</summary>
    public ImmutableArray<PluginCommand> Commands =>
        [.. _plugins.SelectMany(plugin => plugin.Slot.Current?.Roles.CommandList ?? [])];

    /// <summary>
    /// Makes the running plugins those of a set: starts new ones, restarts those whose table changed, retires those that are not named any
    /// more, and takes over the order.
    /// </summary>
    /// <param name="set">The plugins and their tables.</param>
    /// <param name="cancellationToken">Gives up waiting for an earlier change to end.</param>
    /// <returns>
    /// What went wrong, a line a plugin; empty where all is well. A plugin that could not be started or restarted goes on in its old version
    /// with its old table where it has one. At the server's start any line is a reason not to start.
    /// </returns>
    public async Task<IReadOnlyList<string>> ApplyAsync(PluginSet set, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            List<PreparedVersion> versions = [];
            try
            {
                return await ApplyAsync(set, versions);
            }
            catch
            {
                await _replacement.DiscardAsync(versions);
                throw;
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Loads and starts a plugin anew from its folder, whether it has changed or not.</summary>
    /// <param name="name">Its name in mail.toml.</param>
    /// <param name="cancellationToken">Gives up waiting for an earlier change to end.</param>
    /// <returns>Null when the new version serves; otherwise why not, and the old one goes on serving.</returns>
    public async Task<string?> ReloadAsync(string name, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            return Find(name) is { } plugin
                ? await ReplaceAsync(plugin)
                : $"mail.toml names no plugin {name}";
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>The plugins that mail.toml names, in its order.</summary>
    /// <returns>A row a plugin.</returns>
    public IReadOnlyList<PluginStatus> List() => [.. _plugins.Select((plugin, index) => Describe(plugin.Slot, index + 1))];

    /// <summary>Runs a plugin's command. What it writes is passed on while it runs, and waits for the output where it writes asynchronously.</summary>
    /// <param name="plugin">The plugin's name in mail.toml.</param>
    /// <param name="command">The command's name.</param>
    /// <param name="arguments">What stood behind it.</param>
    /// <param name="output">Where its output goes.</param>
    /// <param name="problems">Where it is said that there is no such command, or that it failed.</param>
    /// <param name="cancellationToken">The person gave up.</param>
    /// <returns>The exit status: the command's own, 1 after a fault, 2 where there is no such command.</returns>
    /// <exception cref="OperationCanceledException">The person gave up, whatever the command does.</exception>
    public async Task<int> RunCommandAsync(
        string plugin, string command, IReadOnlyList<string> arguments, TextWriter output, TextWriter problems, CancellationToken cancellationToken)
    {
        if (Find(plugin)?.Slot.Enter() is not { } generation)
        {
            await problems.WriteLineAsync($"no plugin {plugin} runs".AsMemory(), cancellationToken);
            return 2;
        }

        if (!generation.Roles.Commands.TryGetValue(command, out var role))
        {
            generation.Exit();
            await problems.WriteLineAsync($"plugin {plugin} has no command {command}".AsMemory(), cancellationToken);
            return 2;
        }

        var (written, running) = generation.Run(role, arguments, cancellationToken);
        try
        {
            while (await written.ReadAsync(cancellationToken) is { } text)
            {
                await output.WriteAsync(text.AsMemory(), cancellationToken);
            }
        }
        finally
        {
            written.Abandon(); // whoever gave up reads no more, and the command may go on
        }

        var (status, fault) = await running.WaitAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        string? problem = fault ?? (status is >= 0 and <= 2 ? null : $"answered {status}, which is no exit status");
        if (problem is null)
        {
            return status;
        }

        await problems.WriteLineAsync($"{command} failed: {problem}".AsMemory(), cancellationToken);
        return 1;
    }

    /// <summary>Retires all plugins and waits for that, within the time limits.</summary>
    /// <returns>Completes when they are stopped.</returns>
    public async ValueTask DisposeAsync()
    {
        await _rounds.DisposeAsync();
        await _stopping.CancelAsync();
        await ApplyAsync(PluginSet.Empty, CancellationToken.None);
        _watch.Dispose();
        await _replacement.DisposeAsync();
        _scripts.Dispose();
        _changing.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Prepares what is new and places all of it.</summary>
    /// <param name="set">The plugins and their tables.</param>
    /// <param name="versions">Gets those that were started and are not placed: to be discarded where this throws.</param>
    private async Task<IReadOnlyList<string>> ApplyAsync(PluginSet set, List<PreparedVersion> versions)
    {
        List<string> errors = [];
        List<Placed> plugins = [];
        foreach (var settings in set.Order)
        {
            if (plugins.Exists(plugin => IsNamed(plugin, settings.Name)))
            {
                errors.Add($"plugin {settings.Name}: is named twice; the case of the letters does not part them");
                continue;
            }

            var known = _plugins.FirstOrDefault(plugin => plugin.Slot.Name == settings.Name);
            var slot = known?.Slot ?? new PluginSlot(settings.Name, _clock, _log, _options.BlockingThreshold, _alerts);
            plugins.Add(new Placed(slot, settings));
            if (!Serves(slot, settings))
            {
                var (version, error) = await _replacement.PrepareAsync(slot, settings);
                versions.AddRange(version is null ? [] : [version]);
                errors.AddRange(error is null ? [] : [$"plugin {settings.Name}: {error}"]);
            }
        }

        var removed = _plugins.Select(plugin => plugin.Slot).Except(plugins.Select(plugin => plugin.Slot)).ToList();
        await _replacement.StopBackgroundAsync(removed);
        _plugins = [.. plugins];
        PreparedVersion[] placed = [.. versions];
        versions.Clear();
        await _replacement.PlaceAsync(placed);
        WatchScripts();
        removed.ForEach(_replacement.Retire);
        return errors;
    }

    /// <summary>Whether a plugin serves with just this table. An error that another table had is over then.</summary>
    private static bool Serves(PluginSlot slot, PluginSettings settings)
    {
        bool serves = slot.Current?.Settings.Fingerprint == settings.Fingerprint;
        if (serves && slot.FailedHash == slot.Current?.Hash)
        {
            (slot.LastError, slot.FailedHash) = (null, null);
        }

        return serves;
    }

    /// <summary>The hash of a plugin's folder or of a script's files as they are now; null where there is no folder.</summary>
    private string? ComputeHash(PluginSettings settings) => settings.Script is { } script
        ? ScriptSources.Read(script).Hash
        : PluginFolder.Find(_options.Roots, settings.Name)?.ComputeHash();

    private async ValueTask<string?> ReplaceAsync(Placed plugin)
    {
        string? error = await _replacement.ReplaceAsync(plugin.Slot, plugin.Settings);
        WatchScripts();
        return error;
    }

    private void WatchScripts() =>
        _scripts.Watch(_plugins.Where(plugin => plugin.Settings.Script is not null).Select(plugin => (plugin.Slot.Name, plugin.Slot.Files)));

    private void Publish() => Volatile.Write(ref _current, RoleSetBuilder.Build(_plugins.Select(plugin => plugin.Slot)));

    private Placed? Find(string name) => _plugins.FirstOrDefault(plugin => IsNamed(plugin, name));

    private static bool IsNamed(Placed plugin, string name) =>
        string.Equals(plugin.Slot.Name, name, StringComparison.OrdinalIgnoreCase);

    private PluginStatus Describe(PluginSlot slot, int order)
    {
        var serving = slot.Current;
        serving?.Code.Measure();
        var switchedOff = serving?.Roles.SwitchedOff() ?? [];
        return new PluginStatus(
            slot.Name,
            order,
            serving?.Version,
            serving?.Roles.Describe() ?? [],
            serving is null ? PluginState.Failed
                : !switchedOff.IsEmpty ? PluginState.SwitchedOff
                : slot.LastError is null ? PluginState.Running
                : PluginState.RunningOld,
            serving?.Number ?? 0,
            serving?.Folder.Path,
            slot.Calls,
            slot.Faults,
            slot.Timeouts,
            slot.LastFault,
            slot.LastError,
            serving?.Roles.BlocksThreads() ?? false,
            slot.VersionsInMemory,
            slot.LastUnload)
        {
            SwitchedOff = switchedOff,
            Skipped = slot.Skipped,
            CodeOctets = slot.CodeOctets,
            OctetsPerCall = slot.OctetsPerCall,
        };
    }

    /// <summary>A plugin in its place, with the table it is to have; the serving version may still have an older one.</summary>
    private sealed record Placed(PluginSlot Slot, PluginSettings Settings);
}
