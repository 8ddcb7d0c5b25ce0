using System.CommandLine;

namespace PluginMail.Server;

/// <summary><c>filter check|run|lsp|test|convert|put|preview|apply|undo|jobs|get|activate|deactivate|list|remove</c>.</summary>
internal static class FilterCommands
{
    public static Command Build(CommandContext context) => new("filter", "Filters of accounts")
    {
        FilterCheckCommand.Build(context),
        FilterRunCommand.Build(context),
        FilterLspCommand.Build(),
        FilterTestCommand.Build(context),
        FilterConvertCommand.Build(),
        Put(context),
        FilterApplyCommand.Preview(context),
        FilterApplyCommand.Apply(context),
        FilterApplyCommand.Undo(context),
        OfScript(context, "get", "Prints a filter"),
        OfScript(context, "activate", "Makes a filter the one that runs"),
        OfScript(context, "remove", "Removes a filter"),
        OfAccount(context, "deactivate", "No filter runs any more"),
        OfAccount(context, "jobs", "Lists what filter apply did, as long as it can be undone"),
        OfAccount(context, "list", "Lists an account's filters"),
    };

    private static Command Put(CommandContext context)
    {
        var account = new Argument<string>("ACCOUNT");
        var file = new Argument<FileInfo>("FILE") { Description = "The script" };
        var name = new Option<string?>("--name") { Description = "What it is called; the file's name without it" };
        var activate = new Option<bool>("--activate") { Description = "Makes it the one that runs" };
        var command = new Command("put", "Checks a script and stores it for an account") { account, file, name, activate };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            FileInfo script = parsed.GetValue(file)!;
            if (!script.Exists)
            {
                return CommandContext.Show(AdminResponse.Unusable($"{script} cannot be read"), parsed.GetValue(context.Json));
            }

            AdminRequest request = CommandContext.Request(
                "filter put",
                [
                    ("account", parsed.GetValue(account)),
                    ("name", parsed.GetValue(name) ?? Path.GetFileNameWithoutExtension(script.Name)),
                    ("activate", parsed.GetValue(activate) ? "true" : null),
                ],
                data: await File.ReadAllBytesAsync(script.FullName, cancellationToken));
            return await context.RunAsync(parsed, request, cancellationToken);
        });
        return command;
    }

    private static Command OfScript(CommandContext context, string verb, string description)
    {
        var account = new Argument<string>("ACCOUNT");
        var name = new Argument<string>("NAME");
        var command = new Command(verb, description) { account, name };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed,
            CommandContext.Request($"filter {verb}", [("account", parsed.GetValue(account)), ("name", parsed.GetValue(name))]),
            cancellationToken));
        return command;
    }

    private static Command OfAccount(CommandContext context, string verb, string description)
    {
        var account = new Argument<string>("ACCOUNT");
        var command = new Command(verb, description) { account };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed, CommandContext.Request($"filter {verb}", [("account", parsed.GetValue(account))]), cancellationToken));
        return command;
    }
}
