using System.CommandLine;

namespace PluginMail.Server;

/// <summary><c>plugin list|order|install|remove|enable|disable|reload|commands|run</c>.</summary>
internal static class PluginCommands
{
    public static Command Build(CommandContext context)
    {
        var all = new Option<bool>("--all") { Description = "Those too that could run and are not enabled" };
        var list = new Command("list", "Lists the plugins with what they do and did") { all };
        list.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed, CommandContext.Request("plugin list", [("all", parsed.GetValue(all) ? "true" : null)]), cancellationToken));

        var order = new Command("order", "Prints the order in which plugins run");
        order.SetAction((parsed, cancellationToken) => context.RunAsync(parsed, CommandContext.Request("plugin order", []), cancellationToken));

        var commands = new Command("commands", "Lists the commands that plugins add");
        commands.SetAction((parsed, cancellationToken) => context.RunAsync(parsed, CommandContext.Request("plugin commands", []), cancellationToken));
        return new Command("plugin", "Plugins")
        {
            list, order, Install(context), Remove(context),
            OfName(context, "enable", "Adds an installed or bundled plugin at the end of the order in mail.toml, and makes it run"),
            OfName(context, "disable", "Takes a plugin out of the order in mail.toml, and stops it"),
            OfName(context, "reload", "Loads a plugin anew from its folder while the server runs"),
            commands, Run(context),
        };
    }

    private static Command Install(CommandContext context)
    {
        var path = new Argument<string>("PATH") { Description = "A folder, or a zip archive, with the plugin's assembly" };
        var called = new Option<string?>("--name") { Description = "The plugin's name; without it, its assembly's", HelpName = "NAME" };
        var install = new Command("install", "Checks a plugin and puts it into the data folder; one of that name is replaced") { path, called };
        install.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed,
            CommandContext.Request("plugin install", [("path", Path.GetFullPath(parsed.GetValue(path)!)), ("name", parsed.GetValue(called))]),
            cancellationToken));
        return install;
    }

    private static Command Remove(CommandContext context)
    {
        var name = new Argument<string>("PLUGIN");
        var disable = new Option<bool>("--disable") { Description = "Disables it first" };
        var remove = new Command("remove", "Removes an installed plugin that is not enabled, or one that a bundled plugin of its name takes the place of") { name, disable };
        remove.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed,
            CommandContext.Request("plugin remove", [("name", parsed.GetValue(name)), ("disable", parsed.GetValue(disable) ? "true" : null)]),
            cancellationToken));
        return remove;
    }

    private static Command OfName(CommandContext context, string verb, string description)
    {
        var name = new Argument<string>("PLUGIN");
        var command = new Command(verb, description) { name };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed, CommandContext.Request($"plugin {verb}", [("name", parsed.GetValue(name))]), cancellationToken));
        return command;
    }

    private static Command Run(CommandContext context)
    {
        var name = new Argument<string>("PLUGIN");
        var verb = new Argument<string>("COMMAND");
        var arguments = new PassedOnArgument("ARGUMENT") { Arity = ArgumentArity.ZeroOrMore };
        var run = new Command("run", "Runs a command that a plugin adds; pluginmail plugin commands lists them") { name, verb, arguments };
        run.SetAction((parsed, cancellationToken) => context.RunWithOutputAsync(
            parsed,
            CommandContext.Request("plugin run", [("plugin", parsed.GetValue(name)), ("command", parsed.GetValue(verb))], parsed.GetValue(arguments)),
            cancellationToken));
        return run;
    }
}
