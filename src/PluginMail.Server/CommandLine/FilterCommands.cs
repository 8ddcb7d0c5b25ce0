using System.CommandLine;

namespace PluginMail.Server;

/// <summary><c>filter check|run|lsp|test|convert|put|preview|apply|undo|jobs|get|activate|deactivate|list|words|remove</c>.</summary>
internal static class FilterCommands
{
    public static Command Build(CommandContext context) => new("filter", "Filters of accounts")
    {
        FilterCheckCommand.Build(context),
        FilterRunCommand.Build(context),
        FilterLspCommand.Build(context),
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
        List(context),
        Words(context),
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

    private static Command List(CommandContext context)
    {
        var account = new Argument<string?>("ACCOUNT") { Arity = ArgumentArity.ZeroOrOne };
        var server = new Option<bool>("--server") { Description = "The server's own filters instead of an account's" };
        var rules = new Option<bool>("--rules") { Description = "Lists each rule, with how often it did something" };
        var command = new Command("list", "Lists filters, with how often each was run, how often a rule of it did something, and when last") { account, server, rules };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(server) == parsed.GetValue(account) is not null)
            {
                parsed.AddError("either an account or --server is needed");
            }
        });
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed,
            CommandContext.Request(
                "filter list",
                [
                    ("account", parsed.GetValue(account)),
                    ("server", parsed.GetValue(server) ? "true" : null),
                    ("rules", parsed.GetValue(rules) ? "true" : null),
                ]),
            cancellationToken));
        return command;
    }

    private static Command Words(CommandContext context)
    {
        var account = new Argument<string?>("ACCOUNT") { Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("words", "Lists what scripts can use here: plugins' words, capabilities, and an account's folders, addresses and lists") { account };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed,
            CommandContext.Request("filter words", [("account", parsed.GetValue(account)), ("json", parsed.GetValue(context.Json) ? "true" : null)]),
            cancellationToken));
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
