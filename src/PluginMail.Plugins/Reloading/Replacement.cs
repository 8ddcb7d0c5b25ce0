using Microsoft.Extensions.Logging;
using PluginMail.Plugins.Generations;
using PluginMail.Plugins.Loading;
using PluginMail.Plugins.Roles;
using PluginMail.Plugins.Scripts;

namespace PluginMail.Plugins.Reloading;

/// <summary>Puts one version of a plugin in the place of another. One at a time; the caller sees to that.</summary>
internal sealed class Replacement : IAsyncDisposable
{
    private static readonly TimeSpan MostCompiling = TimeSpan.FromSeconds(5);
    private readonly PluginHostOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Action _publish;
    private readonly CancellationToken _stopping;
    private readonly UnloadWatch _unloads;
    private readonly GenerationLoader _loader;
    private readonly ScriptBuilder _scripts;
    private readonly HashSet<Task> _work = [];
    private int _generations;

    /// <summary>Prepares for replacing.</summary>
    /// <param name="options">Folders and time limits.</param>
    /// <param name="services">What plugins are offered.</param>
    /// <param name="log">The log.</param>
    /// <param name="publish">Makes the serving versions known.</param>
    /// <param name="stopping">The server's end: nothing is waited for any more.</param>
    public Replacement(
        PluginHostOptions options, PluginHostServices services, ILogger log, Action publish, CancellationToken stopping)
    {
        _options = options;
        _clock = services.Clock;
        _log = log;
        _publish = publish;
        _stopping = stopping;
        _unloads = new UnloadWatch(options, services.Clock);
        _scripts = new ScriptBuilder(new ScriptCache(options.ScriptCacheFolder));
        _loader = new GenerationLoader(options, services, new SharedAssemblies(), _unloads);
    }

    /// <summary>Loads a version beside the serving one and puts it in its place.</summary>
    /// <returns>Null, or why the old one goes on.</returns>
    public async ValueTask<string?> ReplaceAsync(PluginSlot slot, PluginSettings settings)
    {
        var (version, error) = await PrepareAsync(slot, settings);
        if (version is not null)
        {
            await PlaceAsync([version]);
        }

        return error;
    }

    /// <summary>Loads and starts a version beside the serving one. It is not asked anything yet, and does nothing by itself.</summary>
    /// <returns>The version, to be given to <see cref="PlaceAsync"/>; or why there is none.</returns>
    public async ValueTask<(PreparedVersion? Version, string? Error)> PrepareAsync(PluginSlot slot, PluginSettings settings)
    {
        long begun = _clock.GetTimestamp();
        slot.IsUnfinished = false;
        var (generation, hash, error) = await LoadAsync(slot, settings);
        (slot.LastError, slot.FailedHash) = (error, error is null ? null : hash);
        PluginsMetrics.Loaded(slot.Name, serves: generation is not null);
        if (generation is not null)
        {
            await (slot.Current is null ? Task.CompletedTask : CompileAsync(slot, generation)); // where nothing serves yet, nobody gains by waiting
            return (new PreparedVersion(slot, generation, begun), null);
        }

        if (slot.Current is null)
        {
            PluginsLog.NotLoaded(_log, slot.Name, error!);
        }
        else
        {
            PluginsLog.KeepsOld(_log, slot.Name, error!);
        }

        return (null, error);
    }

    /// <summary>Closes versions that were prepared and are not placed.</summary>
    public async ValueTask DiscardAsync(IEnumerable<PreparedVersion> versions) =>
        await Task.WhenAll(versions.Select(version => CloseAsync(version.Slot, version.Generation, isRetired: false)));

    /// <summary>
    /// Puts versions in their places and makes all known at once: what one of them brings in by itself is judged by all. Background work of an old
    /// version ends before that of its successor begins.
    /// </summary>
    public async ValueTask PlaceAsync(IReadOnlyCollection<PreparedVersion> versions)
    {
        (PreparedVersion Version, Generation? Old)[] swapped = [.. versions.Select(version => (version, version.Slot.Swap(version.Generation)))];
        _publish();
        await Task.WhenAll(swapped.Select(async pair =>
        {
            var (slot, generation, begun) = pair.Version;
            if (pair.Old is { } old)
            {
                await old.StopBackgroundAsync(_options.StopLimit);
                Forget(RetireAsync(slot, old));
            }

            generation.StartBackground();
            long milliseconds = (long)_clock.GetElapsedTime(begun).TotalMilliseconds;
            PluginsLog.Serves(_log, slot.Name, generation.Number, generation.Version, generation.Folder.Path, milliseconds);
        }));
    }

    /// <summary>Ends what plugins do by themselves, while they still serve: what they brought in last is judged as what came before.</summary>
    public async ValueTask StopBackgroundAsync(IEnumerable<PluginSlot> slots) =>
        await Task.WhenAll(slots.Select(slot => slot.Current?.StopBackgroundAsync(_options.StopLimit).AsTask() ?? Task.CompletedTask));

    /// <summary>Takes the serving version out of its place. The caller has made known that the plugin serves no more.</summary>
    public void Retire(PluginSlot slot)
    {
        PluginsLog.Retired(_log, slot.Name);
        if (slot.Swap(null) is { } old)
        {
            Forget(RetireAsync(slot, old));
        }
    }

    /// <summary>Keeps work that nobody awaits until it ends, so that stopping can wait for it.</summary>
    public void Forget(Task work)
    {
        lock (_work)
        {
            _work.RemoveWhere(task => task.IsCompleted);
            _work.Add(work);
        }
    }

    /// <summary>Waits for the work that nobody awaited.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] work;
        lock (_work)
        {
            work = [.. _work];
        }

        await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _unloads.DisposeAsync();
    }

    /// <summary>Compiles what has started. That it serves does not hang on this: what runs in it, or fails, is left behind.</summary>
    private async Task CompileAsync(PluginSlot slot, Generation generation)
    {
        using var limit = new CancellationTokenSource(MostCompiling, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping);
        try
        {
            await generation.CompileAsync(either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // What is not compiled by now is compiled when it is first called.
        }
        catch (Exception e)
        {
            PluginsLog.NotCompiled(_log, slot.Name, generation.Number, FaultText.Line(e));
        }
    }

    private async ValueTask<(Generation? Generation, string? Hash, string? Error)> LoadAsync(PluginSlot slot, PluginSettings settings)
    {
        string? hash = null;
        try
        {
            if (settings.Script is { } path)
            {
                var sources = ScriptSources.Read(path);
                (hash, slot.Files) = (sources.Hash, sources.Files);
                return await LoadScriptAsync(slot, sources, settings);
            }

            if (PluginFolder.Find(_options.Roots, settings.Name) is not { } folder)
            {
                return (null, null, $"no folder {settings.Name} with an assembly in {_options.Installed} or {_options.Bundled}");
            }

            hash = folder.ComputeHash();
            var (generation, error) = await _loader.LoadAsync(slot, folder, hash, settings, ++_generations, _stopping);
            return (generation, hash, error);
        }
        catch (PluginRejectedException e)
        {
            return (null, hash, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException || (settings.Script is not null && !_stopping.IsCancellationRequested))
        {
            return (null, hash, FaultText.Line(e)); // a compiler that fails is no reason for the server to
        }
    }

    private async ValueTask<(Generation? Generation, string? Hash, string? Error)> LoadScriptAsync(
        PluginSlot slot, ScriptSources sources, PluginSettings settings)
    {
        var (folder, problems) = await Task.Run(() => _scripts.Build(sources, settings.Name, _stopping), _stopping);
        if (folder is null)
        {
            return (null, sources.Hash, ScriptProblem.Describe(problems));
        }

        var (generation, error) = await _loader.LoadAsync(slot, folder, sources.Hash, settings, ++_generations, _stopping);
        return (generation, sources.Hash, error);
    }

    private async Task RetireAsync(PluginSlot slot, Generation generation)
    {
        bool isDrained = true;
        try
        {
            await generation.Retire().WaitAsync(_options.DrainLimit, _clock, _stopping);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            isDrained = false;
        }

        Task closing = CloseAsync(slot, generation, isRetired: true);
        if (!isDrained)
        {
            PluginsLog.NotDrained(_log, slot.Name, generation.Number); // from now on its sessions go on with the new one
        }

        await closing;
    }

    private async Task CloseAsync(PluginSlot slot, Generation generation, bool isRetired)
    {
        if (await generation.CloseAsync(_options.StopLimit) is { } fault)
        {
            PluginsLog.NotClosed(_log, slot.Name, generation.Number, fault);
        }

        _unloads.Add(slot, generation, isRetired);
    }
}

/// <summary>A version that was started and does not serve yet.</summary>
/// <param name="Slot">The plugin.</param>
/// <param name="Generation">The version.</param>
/// <param name="Begun">When its loading began, by the host's clock.</param>
internal sealed record PreparedVersion(PluginSlot Slot, Generation Generation, long Begun);
