using PluginMail.Configuration;
using PluginMail.Plugins;

namespace PluginMail.Server;

/// <summary>Plugins: install, remove, enable, disable. What does not work out leaves folders and mail.toml as they were.</summary>
internal static class PluginInstallOperations
{
    public static IReadOnlyDictionary<string, AdminOperation> All { get; } = new Dictionary<string, AdminOperation>
    {
        ["plugin install"] = InTurn(InstallAsync),
        ["plugin remove"] = InTurn(RemoveAsync),
        ["plugin enable"] = InTurn(EnableAsync),
        ["plugin disable"] = InTurn(DisableAsync),
    };

    /// <summary>One change at a time: each may have to be undone.</summary>
    private static AdminOperation InTurn(AdminOperation operation) => async (services, request, cancellationToken) =>
    {
        SemaphoreSlim turn = services.Core.PluginInstallation.Turn;
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await operation(services, request, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    };

    private static async Task<AdminResponse> InstallAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        var installation = services.Core.PluginInstallation;
        (StagedPlugin? plugin, string? error) = installation.Stage(request["path"], request.Find("name"));
        if (plugin is null)
        {
            return AdminResponse.Failed($"not installed: {error}");
        }

        StagedPlugin? before;
        try
        {
            before = installation.Place(plugin);
        }
        catch
        {
            installation.Discard(plugin);
            throw;
        }

        string done = $"plugin {plugin.Name} {plugin.Version} {(before is null ? "installed" : "replaced")}";
        if (NameInOrder(services, plugin.Name) is not { } named)
        {
            installation.Discard(before);
            return AdminResponse.Done($"{done}; pluginmail plugin enable {plugin.Name} makes it run");
        }

        string? problem;
        try
        {
            problem = services.IsServing ? await services.Core.Plugins.ReloadAsync(named, cancellationToken) : null;
        }
        catch
        {
            UndoInstall(installation, plugin, before);
            throw;
        }

        if (problem is not null)
        {
            UndoInstall(installation, plugin, before);
            return AdminResponse.Failed($"not installed: {problem}");
        }

        installation.Discard(before);
        return AdminResponse.Done(services.IsServing ? $"{done} and running" : $"{done}; it runs from the next start");
    }

    private static void UndoInstall(PluginInstallation installation, StagedPlugin plugin, StagedPlugin? before)
    {
        if (before is not null)
        {
            installation.PutBack(before);
        }
        else
        {
            installation.Discard(installation.Take(plugin.Name));
        }
    }

    private static async Task<AdminResponse> RemoveAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        string name = request["name"];
        var installation = services.Core.PluginInstallation;
        if (!installation.Available().Any(plugin => plugin.IsInstalled && IsSame(plugin.Name, name)))
        {
            return AdminResponse.Failed($"no plugin {name} is installed in {services.Core.Data.Plugins}");
        }

        if (NameInOrder(services, name) is { } named)
        {
            if (request.Find("disable") is null)
            {
                if (installation.IsBundled(name))
                {
                    return await FallBackAsync(services, named, cancellationToken);
                }

                return AdminResponse.Failed($"plugin {name} is enabled: disable it first, or give --disable");
            }

            AdminResponse disabled = await DisableAsync(services, request, cancellationToken);
            if (disabled.Status != 0)
            {
                return disabled;
            }
        }

        installation.Discard(installation.Take(name));
        return AdminResponse.Done($"plugin {name} removed; its own files and its table in mail.toml stay");
    }

    /// <summary>Removes an installed plugin that stands before one that came with the server, which takes its place.</summary>
    private static async Task<AdminResponse> FallBackAsync(AdminServices services, string name, CancellationToken cancellationToken)
    {
        var installation = services.Core.PluginInstallation;
        StagedPlugin? before = installation.Take(name);
        string? problem;
        try
        {
            problem = services.IsServing ? await services.Core.Plugins.ReloadAsync(name, cancellationToken) : installation.Check(name);
        }
        catch
        {
            UndoRemoval(installation, before);
            throw;
        }

        if (problem is not null)
        {
            UndoRemoval(installation, before);
            return AdminResponse.Failed($"not removed, as the plugin {name} that came with the server cannot take its place: {problem}");
        }

        installation.Discard(before);
        return AdminResponse.Done($"plugin {name} removed; the one that came with the server runs {(services.IsServing ? "in its place" : "from the next start")}");
    }

    private static void UndoRemoval(PluginInstallation installation, StagedPlugin? before)
    {
        if (before is not null)
        {
            installation.PutBack(before);
        }
    }

    private static async Task<AdminResponse> EnableAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        string name = request["name"];
        return NameInOrder(services, name) is not null ? AdminResponse.Done($"plugin {name} is enabled already")
            : services.Core.PluginInstallation.Check(name) is { } problem ? AdminResponse.Failed(problem)
            : await ChangeOrderAsync(services, SpellingOf(services, name), PluginOrder.Add, PluginOrder.Remove) is { } failed
                ? AdminResponse.Failed($"not enabled: {failed}")
            : AdminResponse.Done($"plugin {name} enabled{(services.IsServing ? " and running" : "")}");
    }

    /// <summary>A plugin is found whatever the case of its name; its table only as the order spells it.</summary>
    private static string SpellingOf(AdminServices services, string name) =>
        services.Core.Options.Plugins.Unused.FirstOrDefault(table => IsSame(table, name)) ?? name;

    private static async Task<AdminResponse> DisableAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        string name = request["name"];
        return NameInOrder(services, name) is not { } named ? AdminResponse.Failed($"plugin {name} is not enabled")
            : await ChangeOrderAsync(services, named, PluginOrder.Remove, PluginOrder.Add) is { } failed ? AdminResponse.Failed($"not disabled: {failed}")
            : AdminResponse.Done($"plugin {name} disabled; its table in mail.toml stays");
    }

    /// <summary>Writes the order and puts it in force. A plugin that does not start then would keep the server from its next start: the change is undone.</summary>
    /// <returns>Null when it is done; otherwise why not.</returns>
    private static async Task<string?> ChangeOrderAsync(
        AdminServices services, string name, Func<string, string, string?> change, Func<string, string, string?> undo)
    {
        if (services.ConfigurationPath is not { } path)
        {
            return "there is no mail.toml to write to";
        }

        byte[] before = await File.ReadAllBytesAsync(path, CancellationToken.None);
        if (change(path, name) is { } problem)
        {
            return problem;
        }

        byte[] after = await File.ReadAllBytesAsync(path, CancellationToken.None);
        if (services.Reload is null)
        {
            return null;
        }

        (ConfigurationResult result, IReadOnlyList<string> problems) = await services.Reload();
        string? fault = !result.IsUsable
            ? string.Join("; ", result.Errors)
            : problems.FirstOrDefault(line => line.StartsWith($"plugin {name}:", StringComparison.OrdinalIgnoreCase));
        if (fault is not null)
        {
            string? left = Undo();
            await services.Reload();
            return left is null ? fault : $"{fault}; and it could not be taken back: {left}";
        }

        return null;

        // While the plugin was being started somebody else may have written to the file.
        string? Undo()
        {
            if (!File.ReadAllBytes(path).AsSpan().SequenceEqual(after))
            {
                return undo(path, name);
            }

            ConfigurationFile.Replace(path, before);
            return null;
        }
    }

    /// <summary>The plugin's name as the order has it; null where it is not in it.</summary>
    private static string? NameInOrder(AdminServices services, string name) =>
        services.Core.Options.Plugins.Order.FirstOrDefault(entry => IsSame(entry.Name, name))?.Name;

    private static bool IsSame(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
