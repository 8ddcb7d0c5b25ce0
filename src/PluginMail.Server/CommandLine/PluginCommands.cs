using System.CommandLine;

namespace PluginMail.Server;

/// <summary><c>plugin list|order|reload|run</c>.</summary>
internal static class PluginCommands
{
    public static Command Build(CommandContext context)
    {
        var list = new Command("list", "Lists the plugins with what they do and did");
        list.SetAction((parsed, cancellationToken) => context.RunAsync(parsed, CommandContext.Request("plugin list", []), cancellationToken));

        var order = new Command("order", "Prints the order in which plugins run");
        order.SetAction((parsed, cancellationToken) => context.RunAsync(parsed, CommandContext.Request("plugin order", []), cancellationToken));

        var name = new Argument<string>("PLUGIN");
        var reload = new Command("reload", "Loads a plugin anew from its folder while the server runs") { name };
        reload.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed, CommandContext.Request("plugin reload", [("name", parsed.GetValue(name))]), cancellationToken));

        var verb = new Argument<string>("COMMAND");
        var arguments = new Argument<string[]>("ARGUMENT") { Arity = ArgumentArity.ZeroOrMore };
        var run = new Command("run", "Runs a command that a plugin adds") { name, verb, arguments };
        run.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed,
            CommandContext.Request("plugin run", [("plugin", parsed.GetValue(name)), ("command", parsed.GetValue(verb))], parsed.GetValue(arguments)),
            cancellationToken));
        return new Command("plugin", "Plugins") { list, order, reload, run };
    }
}
