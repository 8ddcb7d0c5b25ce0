using System.CommandLine;

namespace PluginMail.Server;

/// <summary><c>alias add|remove|list</c>.</summary>
internal static class AliasCommands
{
    public static Command Build(CommandContext context)
    {
        var address = new Argument<string>("ADDRESS");
        var targets = new Argument<string[]>("TARGET") { Arity = ArgumentArity.OneOrMore };
        var add = new Command("add", "Adds an address that stands for others") { address, targets };
        add.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed, CommandContext.Request("alias add", [("address", parsed.GetValue(address))], parsed.GetValue(targets)), cancellationToken));

        var remove = new Command("remove", "Removes an alias") { address };
        remove.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed, CommandContext.Request("alias remove", [("address", parsed.GetValue(address))]), cancellationToken));

        var domain = new Option<string?>("--domain") { Description = "Only of this domain" };
        var list = new Command("list", "Lists aliases") { domain };
        list.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed, CommandContext.Request("alias list", [("domain", parsed.GetValue(domain))]), cancellationToken));
        return new Command("alias", "Addresses that stand for others") { add, remove, list };
    }
}
