using System.CommandLine;
using PluginMail.Configuration;

namespace PluginMail.Server;

/// <summary><c>config check</c>, <c>config reload</c>.</summary>
internal static class ConfigCommands
{
    public static Command Build(CommandContext context)
    {
        var check = new Command("check", "Says what is wrong with the settings file and with the scripts and plugins that it names, with line and column");
        check.SetAction((parsed, cancellationToken) => CheckAsync(context, parsed, cancellationToken));
        var reload = new Command("reload", "Has the running server read its settings file again");
        reload.SetAction((parsed, cancellationToken) => context.RunAsync(parsed, CommandContext.Request("config reload", []), cancellationToken));
        return new Command("config", "The settings file") { check, reload };
    }

    private static async Task<int> CheckAsync(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = context.FindConfiguration(parsed);
        var check = new ConfigCheck(ConfigurationFile.Load(path), path);
        await check.RunAsync(cancellationToken);
        int status = check.IsUsable ? 0 : 1;
        if (parsed.GetValue(context.Json))
        {
            return CommandContext.Show(
                new AdminResponse(status, Table: new AdminTable(
                    ["file", "line", "column", "severity", "message"], [.. check.Findings.Select(finding => finding.Row)])),
                asJson: true);
        }

        foreach (ConfigCheck.Finding finding in check.Findings)
        {
            Console.Error.Write(finding.Shown);
        }

        if (check.IsUsable)
        {
            Console.Out.WriteLine($"{path}: no error");
        }

        return status;
    }
}
