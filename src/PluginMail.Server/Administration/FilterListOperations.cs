using System.Globalization;
using PluginMail.Filters;
using PluginMail.Filters.Evaluation;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>Which filters and rules there are, and how often each was of use.</summary>
internal static class FilterListOperations
{
    private static readonly string[] Columns = ["name", "active", "octets", "runs", "hits", "last hit"];
    private static readonly string[] RuleColumns = ["script", "line", "rule", "hits", "last hit"];

    public static IReadOnlyDictionary<string, AdminOperation> All { get; } = new Dictionary<string, AdminOperation>
    {
        ["filter list"] = ListAsync,
    };

    private static async Task<AdminResponse> ListAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        bool isServer = request.FindSwitch("server") == true;
        bool withRules = request.FindSwitch("rules") == true;
        if (isServer == (request.Find("account") is not null))
        {
            throw new AdminArgumentException("either an account or --server is needed");
        }

        List<Script> scripts;
        AccountId? owner = null;
        if (isServer)
        {
            scripts = [.. services.Core.ServerFilters.List().Select(found => new Script(found.Filter.Text.Name, found.Runs, found.Filter.Text.Length, found.Filter))];
        }
        else
        {
            (Account? account, AdminResponse? problem) = await services.FindAccountAsync(request["account"], cancellationToken);
            if (account is null)
            {
                return problem!;
            }

            owner = account.Id;
            scripts = await ReadAsync(services, account, withRules, cancellationToken);
        }

        Dictionary<(string, string), FilterCount> counts = (await services.Core.Counters.ReadAsync(owner, cancellationToken))
            .ToDictionary(count => (count.Script, count.Rule));
        return new AdminResponse(0, Table: withRules ? Rules(scripts, counts) : Scripts(scripts, counts));
    }

    private static async Task<List<Script>> ReadAsync(AdminServices services, Account account, bool compiles, CancellationToken cancellationToken)
    {
        var scripts = new List<Script>();
        foreach (ScriptInfo info in await services.Store.Scripts.ListAsync(account.Id, cancellationToken))
        {
            byte[]? text = compiles ? await services.Store.Scripts.GetAsync(account.Id, info.Name, cancellationToken) : null;
            CompiledFilter? filter = text is null ? null : FilterCompiler.Compile(text, info.Name, services.Core.CompilerOptions).Filter;
            scripts.Add(new Script(info.Name, info.IsActive ? "yes" : "no", info.Length, filter));
        }

        return scripts;
    }

    private static AdminTable Scripts(IEnumerable<Script> scripts, Dictionary<(string, string), FilterCount> counts) => new(
        Columns,
        [
            .. from script in scripts
               let count = counts.GetValueOrDefault((script.Name, ""))
               select (IReadOnlyList<string>)[script.Name, script.Active, $"{script.Octets}", $"{count?.Runs ?? 0}", $"{count?.Hits ?? 0}", TimeOf(count)],
        ]);

    private static AdminTable Rules(IEnumerable<Script> scripts, Dictionary<(string, string), FilterCount> counts) => new(
        RuleColumns,
        [
            .. from script in scripts
               where script.Filter is not null
               from rule in script.Filter!.Rules
               let count = counts.GetValueOrDefault((script.Name, rule.Id))
               select (IReadOnlyList<string>)[script.Name, $"{rule.Line}", rule.IsNamed ? rule.Name : "", $"{count?.Hits ?? 0}", TimeOf(count)],
        ]);

    private static string TimeOf(FilterCount? count) => count?.LastHit?.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) ?? "";

    private sealed record Script(string Name, string Active, int Octets, CompiledFilter? Filter);
}
