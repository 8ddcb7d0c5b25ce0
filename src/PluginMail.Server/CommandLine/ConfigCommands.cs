using System.CommandLine;
using PluginMail.Configuration;

namespace PluginMail.Server;

/// <summary><c>config check</c>, <c>config reload</c>.</summary>
internal static class ConfigCommands
{
    public static Command Build(CommandContext context)
    {
        var check = new Command("check", "Says what is wrong with the settings file, with line and column");
        check.SetAction(parsed => Check(context, parsed));
        var reload = new Command("reload", "Has the running server read its settings file again");
        reload.SetAction((parsed, cancellationToken) => context.RunAsync(parsed, CommandContext.Request("config reload", []), cancellationToken));
        return new Command("config", "The settings file") { check, reload };
    }

    private static int Check(CommandContext context, ParseResult parsed)
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

        if (result.IsUsable)
        {
            Console.Out.WriteLine($"{path}: no error");
        }

        return result.IsUsable ? 0 : 1;
    }
}
