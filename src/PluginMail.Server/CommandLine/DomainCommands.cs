using System.CommandLine;

namespace PluginMail.Server;

/// <summary><c>domain add|remove|list|show|set|export|apply</c>.</summary>
internal static class DomainCommands
{
    public static Command Build(CommandContext context)
    {
        var list = new Command("list", "Lists the domains");
        list.SetAction((parsed, cancellationToken) => context.RunAsync(parsed, CommandContext.Request("domain list", []), cancellationToken));
        return new Command("domain", "Domains that this server receives mail for")
        {
            OfDomain(context, "add", "Adds a domain"),
            OfDomain(context, "remove", "Removes a domain that is empty"),
            list,
            OfDomain(context, "show", "Shows a domain's policy"),
            DomainSettingCommands.Set(context),
            DomainSettingCommands.Export(context),
            DomainSettingCommands.Apply(context),
        };
    }

    private static Command OfDomain(CommandContext context, string verb, string description)
    {
        var domain = new Argument<string>("DOMAIN");
        var command = new Command(verb, description) { domain };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed, CommandContext.Request($"domain {verb}", [("domain", parsed.GetValue(domain))]), cancellationToken));
        return command;
    }
}
