using System.Collections.Immutable;
using System.CommandLine;
using PluginMail.Configuration;
using PluginMail.Configuration.Options;
using PluginMail.Filters;
using PluginMail.Filters.Checking;
using PluginMail.Plugins;

namespace PluginMail.Server;

/// <summary><c>config check</c>, <c>config reload</c>.</summary>
internal static class ConfigCommands
{
    public static Command Build(CommandContext context)
    {
        var check = new Command("check", "Says what is wrong with the settings file, with line and column");
        check.SetAction((parsed, cancellationToken) => Task.FromResult(Check(context, parsed, cancellationToken)));
        var reload = new Command("reload", "Has the running server read its settings file again");
        reload.SetAction((parsed, cancellationToken) => context.RunAsync(parsed, CommandContext.Request("config reload", []), cancellationToken));
        return new Command("config", "The settings file") { check, reload };
    }

    private static int Check(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = context.FindConfiguration(parsed);
        ConfigurationResult result = ConfigurationFile.Load(path);
        if (parsed.GetValue(context.Json))
        {
            return CommandContext.Show(
                new AdminResponse(result.IsUsable ? 0 : 1, Table: new AdminTable(
                    ["line", "column", "severity", "message"],
                    [.. result.Findings.Select(finding => (IReadOnlyList<string>)
                        [$"{finding.Position?.Line}", $"{finding.Position?.Column}", finding.Severity.ToString().ToLowerInvariant(), finding.Message])])),
                asJson: true);
        }

        foreach (ConfigurationError finding in result.Findings)
        {
            Console.Error.WriteLine(finding);
        }

        bool isUsable = result.IsUsable & CheckFilters(result) & CheckPlugins(result) & CheckScripts(result, cancellationToken);
        if (isUsable)
        {
            Console.Out.WriteLine($"{path}: no error");
        }

        return isUsable ? 0 : 1;
    }

    // The server's own filter scripts are part of its settings. Words of plugins are known to the running server alone.
    private static bool CheckFilters(ConfigurationResult result)
    {
        bool isGood = true;
        FilterOptions filters = result.Options?.Filters ?? new FilterOptions();
        IEnumerable<(string Path, bool IsForEvents)> scripts =
        [
            .. filters.Before.Concat(filters.After).Select(script => (script, false)),
            .. filters.Events.SelectMany(one => one.Before.Concat(one.After)).Distinct().Select(script => (script, true)),
        ];
        foreach ((string script, bool isForEvents) in scripts)
        {
            var options = FilterCompilerOptions.Default with { IsForEvents = isForEvents };
            FilterCompilation compilation = FilterCompiler.Compile(File.ReadAllBytes(script), script, options);
            Console.Error.Write(DiagnosticPrinter.Print(compilation.Syntax.Text, compilation.Diagnostics));
            isGood &= !compilation.Errors.Any(error => error.Code is not (FilterCodes.UnknownWord or FilterCodes.PluginNotLoaded));
        }

        return isGood;
    }

    // What a plugin makes of its own table is known to the running server alone; whether it is there can be seen.
    private static bool CheckPlugins(ConfigurationResult result)
    {
        if (result.Options is not { } options)
        {
            return true;
        }

        var installation = new PluginInstallation(ServerCore.PluginFolders(new DataFolder(options.Server.Data)));
        string[] missing = [.. options.Plugins.Order.Select(plugin => plugin.Name).Where(name => !installation.IsThere(name))];
        foreach (string name in missing)
        {
            Console.Error.WriteLine($"[plugins] order: there is no plugin {name}, neither among those that come with the server nor among the installed ones");
        }

        return missing.Length == 0;
    }

    // What a script does with its own table is known to the running server alone, as it is with plugins.
    private static bool CheckScripts(ConfigurationResult result, CancellationToken cancellationToken)
    {
        bool isGood = true;
        foreach (ScriptEntry script in result.Options?.Scripts.Order ?? [])
        {
            ImmutableArray<ScriptProblem> problems = ScriptChecker.Check(script.Path, cancellationToken);
            ScriptCommands.Write(problems);
            isGood &= problems.All(problem => problem.IsWarning);
        }

        return isGood;
    }
}
