using System.CommandLine;

namespace PluginMail.Server;

/// <summary><c>dkim show|rotate|switch</c>.</summary>
internal static class DkimCommands
{
    public static Command Build(CommandContext context) => new("dkim", "Keys that sign outgoing mail (RFC 6376)")
    {
        OfDomain(context, "show", "Shows the records to publish"),
        OfDomain(context, "rotate", "Makes new keys; they wait until they are switched to"),
        OfDomain(context, "switch", "Signs with the keys that wait, and removes the others"),
    };

    private static Command OfDomain(CommandContext context, string verb, string description)
    {
        var domain = new Argument<string>("DOMAIN");
        var command = new Command(verb, description) { domain };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed, CommandContext.Request($"dkim {verb}", [("domain", parsed.GetValue(domain))]), cancellationToken));
        return command;
    }
}
