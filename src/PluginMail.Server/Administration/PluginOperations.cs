using PluginMail.Configuration.Options;
using PluginMail.Plugins;

namespace PluginMail.Server;

/// <summary>Plugins: list, order, reload, the commands that they add.</summary>
internal static class PluginOperations
{
    public static IReadOnlyDictionary<string, AdminOperation> All { get; } = new Dictionary<string, AdminOperation>
    {
        ["plugin list"] = ListAsync,
        ["script list"] = ListScriptsAsync,
        ["plugin order"] = OrderAsync,
        ["plugin reload"] = ReloadAsync,
        ["plugin commands"] = CommandsAsync,
        ["plugin run"] = RunAsync,
    };

    private static Task<AdminResponse> ListAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        if (!services.IsServing)
        {
            IReadOnlyList<IReadOnlyList<string>> configured =
                [.. Names(services).Select((name, i) => (IReadOnlyList<string>)[name, $"{i + 1}", "no server runs"])];
            return Task.FromResult(new AdminResponse(0, Table: new AdminTable(
                ["name", "order", "state"], [.. configured, .. Disabled(services, request).Select(name => (IReadOnlyList<string>)[name, "-", "Disabled"])])));
        }

        return Task.FromResult(new AdminResponse(0, Table: new AdminTable(
            ["name", "version", "order", "state", "roles", "calls", "faults", "skipped", "in memory", "code octets", "octets a call", "last problem"],
            [.. services.Core.Plugins.List().Select(Row), .. Disabled(services, request).Select(DisabledRow)])));
    }

    private static Task<AdminResponse> ListScriptsAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyList<PluginStatus> running = services.IsServing ? services.Core.Plugins.List() : [];
        return Task.FromResult(new AdminResponse(0, Table: new AdminTable(
            ["name", "file", "version", "state", "hooks", "calls", "faults", "last problem"],
            [.. services.Core.Options.Scripts.Order.Select(script => ScriptRow(script, running.FirstOrDefault(row => row.Name == script.Plugin.Name)))])));
    }

    private static Task<AdminResponse> CommandsAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(!services.IsServing ? AdminResponse.Failed("no server runs") : new AdminResponse(0, Table: new AdminTable(
            ["plugin", "command", "summary"],
            [.. services.Core.Plugins.Commands.Select(command => (IReadOnlyList<string>)[command.Plugin, command.Name, command.Summary])])));

    private static Task<AdminResponse> OrderAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(new AdminResponse(0, Table: new AdminTable(
            ["order", "name"],
            [.. Names(services).Select((name, i) => (IReadOnlyList<string>)[$"{i + 1}", name])])));

    private static async Task<AdminResponse> ReloadAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        string name = request["name"];
        if (!services.IsServing)
        {
            return AdminResponse.Failed("no server runs");
        }

        // The table too is read anew: the watcher may not have seen yet what was written a moment ago.
        string note = services.Reload is { } reload && (await reload()).Result is { IsUsable: false }
            ? "; with the table that is in force, as mail.toml has errors: see pluginmail config check"
            : "";
        return await services.Core.Plugins.ReloadAsync(name, cancellationToken) is { } problem
            ? AdminResponse.Failed(problem)
            : AdminResponse.Done($"plugin {name} reloaded{note}");
    }

    private static async Task<AdminResponse> RunAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        if (!services.IsServing)
        {
            return AdminResponse.Failed("no server runs");
        }

        await using var output = new ProgressWriter(services.ReportAsync);
        await using var problems = new StringWriter();
        int status = await services.Core.Plugins.RunCommandAsync(
            request["plugin"], request["command"], request.Items, output, problems, cancellationToken);
        return new AdminResponse(status, problems.ToString() is { Length: > 0 } problem ? problem.TrimEnd() : null);
    }

    /// <summary>What runs, or would: plugins, then scripts.</summary>
    private static IEnumerable<string> Names(AdminServices services) =>
        [.. services.Core.Options.Plugins.Order.Select(plugin => plugin.Name), .. services.Core.Options.Scripts.Order.Select(script => script.Plugin.Name)];

    private static IReadOnlyList<string> ScriptRow(ScriptEntry script, PluginStatus? status) => status is null
        ? [script.Plugin.Name, script.Path, "-", "no server runs", "", "-", "-", ""]
        :
        [
            script.Plugin.Name, script.Path, status.Version ?? "-", status.State.ToString(), string.Join(", ", status.Roles), $"{status.Calls}",
            $"{status.Faults}", Problem(status),
        ];

    /// <summary>Plugins that could run and are not in the order; asked for by <c>--all</c>.</summary>
    private static IEnumerable<string> Disabled(AdminServices services, AdminRequest request) =>
        request.Find("all") is null ? [] : services.Core.PluginInstallation.Available()
            .Select(plugin => plugin.Name)
            .Where(name => !services.Core.Options.Plugins.Order.Any(entry => string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase)));

    private static IReadOnlyList<string> DisabledRow(string name) => [name, "-", "-", "Disabled", "", "-", "-", "-", "-", "-", "-", ""];

    private static string Problem(PluginStatus plugin)
    {
        string problem = plugin.LastError ?? plugin.LastFault ?? "";
        return plugin.SwitchedOff is [var role, ..]
            ? $"{role.Role} switched off after {role.Faults} faults, tried again in {(long)Math.Ceiling(role.Left.TotalSeconds)} s; {problem}"
            : problem;
    }

    private static IReadOnlyList<string> Row(PluginStatus plugin) =>
    [
        plugin.Name,
        plugin.Version ?? "-",
        $"{plugin.Order}",
        plugin.State.ToString(),
        string.Join(", ", plugin.Roles),
        $"{plugin.Calls}",
        $"{plugin.Faults}",
        $"{plugin.Skipped}",
        $"{plugin.VersionsInMemory}",
        $"{plugin.CodeOctets}",
        plugin.OctetsPerCall is { } octets ? $"{octets}" : "-",
        Problem(plugin),
    ];
}
