using PluginMail.Plugins.Loading;
using PluginMail.Plugins.Roles;

namespace PluginMail.Plugins.Generations;

/// <summary>Makes running versions of plugins out of folders.</summary>
internal sealed class GenerationLoader(PluginHostOptions options, PluginHostServices services, SharedAssemblies shared, UnloadWatch unloads)
{
    /// <summary>Copies, checks, loads and starts a version. What fails leaves nothing behind.</summary>
    /// <param name="slot">The plugin.</param>
    /// <param name="folder">Where it lies.</param>
    /// <param name="hash">The folder's hash; of a script, that of its sources.</param>
    /// <param name="settings">Its table.</param>
    /// <param name="number">The version's number.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The version, which has started and does not serve yet; or why there is none.</returns>
    public async ValueTask<(Generation? Generation, string? Error)> LoadAsync(
        PluginSlot slot, PluginFolder folder, string hash, PluginSettings settings, int number, CancellationToken cancellationToken)
    {
        var copy = new PluginFolder(Path.Combine(options.Shadow, settings.Name, $"{number}-{hash}"));
        Generation? generation = null;
        try
        {
            folder.CopyTo(copy.Path);
            if (settings.Script is null && copy.ComputeHash() != hash)
            {
                throw new PluginRejectedException("its folder is being written") { IsUnfinished = true };
            }

            var (mainAssembly, image, references) = PluginAssemblies.Check(copy, copy.FindMainAssembly(settings.Name), shared);
            var context = new PluginLoadContext($"plugins.{settings.Name} {number}", references);
            string version = settings.Script is null ? image.Version : hash[..8];
            generation = new Generation(number, version, folder, copy, hash, settings, context)
            {
                Faulted = e => slot.RecordFault($"work that nobody awaits: {FaultText.Line(e)}", FaultText.Trace(e), isTimeout: false),
            };
            slot.Count(generation.Code);
            await StartAsync(generation, mainAssembly, cancellationToken);
            return (generation, null);
        }
        catch (Exception e)
        {
            slot.IsUnfinished = e is PluginRejectedException { IsUnfinished: true };
            string error = e is PluginRejectedException ? e.Message : FaultText.Line(e);
            await DiscardAsync(slot, generation, copy);
            return (null, error);
        }
    }

    private async Task StartAsync(Generation generation, string mainAssembly, CancellationToken cancellationToken)
    {
        var settings = generation.Settings;
        var table = settings.Open();
        var host = new GenerationHost(settings.Name, table, services, options);
        using var limit = new CancellationTokenSource(options.StartLimit, services.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // Not a thread of the pool: a start that blocks for ever keeps its thread.
            var token = either.Token;
            await Task.Factory
                .StartNew(
                    () => generation.StartAsync(mainAssembly, host, token), token, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .Unwrap()
                .WaitAsync(token);
        }
        catch (Exception) when (limit.IsCancellationRequested)
        {
            throw new PluginRejectedException($"did not start within {options.StartLimit}");
        }

        if (settings.Finish(table) is { Count: > 0 } errors)
        {
            throw new PluginRejectedException(string.Join("; ", errors));
        }
    }

    private async ValueTask DiscardAsync(PluginSlot slot, Generation? generation, PluginFolder copy)
    {
        if (generation is null)
        {
            copy.Delete();
            return;
        }

        await generation.CloseAsync(options.StopLimit);
        unloads.Add(slot, generation, isRetired: false);
    }
}
