using System.CommandLine;
using System.Globalization;

namespace PluginMail.Server;

/// <summary><c>token add|list|remove</c>.</summary>
internal static class TokenCommands
{
    public static Command Build(CommandContext context) => new("token", "Tokens for programs that use the HTTP API")
    {
        Add(context),
        List(context),
        Remove(context),
    };

    private static Command Add(CommandContext context)
    {
        var name = new Argument<string>("NAME") { Description = "What it is for; stands in the log" };
        var readOnly = new Option<bool>("--read-only") { Description = "It may look and change nothing" };
        var metrics = new Option<bool>("--metrics") { Description = "It may read /metrics and nothing else" };
        var days = new Option<int?>("--days") { Description = "It ends after so many days; without it, it does not end" };
        var add = new Command("add", "Makes a token and shows it once") { name, readOnly, metrics, days };
        add.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed,
            CommandContext.Request(
                "token add",
                [
                    ("name", parsed.GetValue(name)), ("read only", parsed.GetValue(readOnly) ? "true" : null),
                    ("metrics", parsed.GetValue(metrics) ? "true" : null),
                    ("days", parsed.GetValue(days)?.ToString(CultureInfo.InvariantCulture)),
                ]),
            cancellationToken));
        return add;
    }

    private static Command List(CommandContext context)
    {
        var list = new Command("list", "Lists the tokens without their secrets");
        list.SetAction((parsed, cancellationToken) => context.RunAsync(parsed, CommandContext.Request("token list", []), cancellationToken));
        return list;
    }

    private static Command Remove(CommandContext context)
    {
        var name = new Argument<string>("NAME");
        var remove = new Command("remove", "Ends a token at once") { name };
        remove.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed, CommandContext.Request("token remove", [("name", parsed.GetValue(name))]), cancellationToken));
        return remove;
    }
}
