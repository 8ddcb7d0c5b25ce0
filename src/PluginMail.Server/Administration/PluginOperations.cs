using PluginMail.Plugins;

namespace PluginMail.Server;

/// <summary>Plugins: list, order, reload, run a plugin's command.</summary>
internal static class PluginOperations
{
    public static IReadOnlyDictionary<string, AdminOperation> All { get; } = new Dictionary<string, AdminOperation>
    {
        ["plugin list"] = ListAsync,
        ["plugin order"] = OrderAsync,
        ["plugin reload"] = ReloadAsync,
        ["plugin run"] = RunAsync,
    };

    private static Task<AdminResponse> ListAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        if (!services.IsServing)
        {
            IReadOnlyList<IReadOnlyList<string>> configured =
                [.. services.Core.Options.Plugins.Order.Select((plugin, i) => (IReadOnlyList<string>)[plugin.Name, $"{i + 1}", "no server runs"])];
            return Task.FromResult(new AdminResponse(0, Table: new AdminTable(["name", "order", "state"], configured)));
        }

        return Task.FromResult(new AdminResponse(0, Table: new AdminTable(
            ["name", "version", "order", "state", "roles", "calls", "faults", "skipped", "in memory", "code octets", "octets a call", "last problem"],
            [.. services.Core.Plugins.List().Select(Row)])));
    }

    private static Task<AdminResponse> OrderAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(new AdminResponse(0, Table: new AdminTable(
            ["order", "name"],
            [.. services.Core.Options.Plugins.Order.Select((plugin, i) => (IReadOnlyList<string>)[$"{i + 1}", plugin.Name])])));

    private static async Task<AdminResponse> ReloadAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        string name = request["name"];
        return !services.IsServing ? AdminResponse.Failed("no server runs")
            : await services.Core.Plugins.ReloadAsync(name, cancellationToken) is { } problem ? AdminResponse.Failed(problem)
            : AdminResponse.Done($"plugin {name} reloaded");
    }

    private static async Task<AdminResponse> RunAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        if (!services.IsServing)
        {
            return AdminResponse.Failed("no server runs");
        }

        await using var output = new StringWriter();
        int status = await services.Core.Plugins.RunCommandAsync(
            request["plugin"], request["command"], request.Items, output, cancellationToken);
        return new AdminResponse(status, Text: output.ToString());
    }

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
