using System.CommandLine;

namespace PluginMail.Server;

/// <summary><c>list add|remove|show|set</c> and <c>list member add|remove</c>.</summary>
internal static class ListCommands
{
    public static Command Build(CommandContext context)
    {
        return new Command("list", "Distribution lists")
        {
            Settings(context, "add", "Adds a list", withMembers: true),
            Remove(context),
            Show(context),
            Settings(context, "set", "Changes what is given of a list", withMembers: false),
            new Command("member", "A list's members")
            {
                OfMembers(context, "add", "Adds members"),
                OfMembers(context, "remove", "Removes members"),
            },
        };
    }

    private static Command Settings(CommandContext context, string verb, string description, bool withMembers)
    {
        var address = new Argument<string>("ADDRESS");
        var members = new Argument<string[]>("MEMBER") { Arity = ArgumentArity.ZeroOrMore, Description = "Addresses here or elsewhere" };
        var name = new Option<string?>("--name") { Description = "A display name, for List-Id" };
        var posting = new Option<string?>("--posting") { Description = "Who may send: members (the default), anyone, domain or named" };
        var senders = new Option<string?>("--senders") { Description = "Addresses that may send whatever --posting says, with commas between" };
        var owner = new Option<string?>("--owner") { Description = "Who gets reports; none: the domain's postmaster" };
        var replies = new Option<string?>("--replies-to-list") { Description = "Whether answers go to the list: true or false" };
        var command = new Command(verb, description) { address, name, posting, senders, owner, replies };
        if (withMembers)
        {
            command.Arguments.Add(members);
        }

        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed,
            CommandContext.Request(
                $"list {verb}",
                [
                    ("address", parsed.GetValue(address)),
                    ("name", parsed.GetValue(name)),
                    ("posting", parsed.GetValue(posting)),
                    ("senders", parsed.GetValue(senders)),
                    ("owner", parsed.GetValue(owner)),
                    ("replies-to-list", parsed.GetValue(replies)),
                ],
                withMembers ? parsed.GetValue(members) : null),
            cancellationToken));
        return command;
    }

    private static Command Remove(CommandContext context)
    {
        var address = new Argument<string>("ADDRESS");
        var command = new Command("remove", "Removes a list") { address };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed, CommandContext.Request("list remove", [("address", parsed.GetValue(address))]), cancellationToken));
        return command;
    }

    // No "list list": the parser knows no command within one of the same name.
    private static Command Show(CommandContext context)
    {
        var address = new Argument<string?>("ADDRESS") { Arity = ArgumentArity.ZeroOrOne, Description = "Without it, all lists" };
        var domain = new Option<string?>("--domain") { Description = "Only lists of this domain" };
        var command = new Command("show", "Shows a list with its members, or all lists") { address, domain };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed,
            parsed.GetValue(address) is { } one
                ? CommandContext.Request("list show", [("address", one)])
                : CommandContext.Request("list list", [("domain", parsed.GetValue(domain))]),
            cancellationToken));
        return command;
    }

    private static Command OfMembers(CommandContext context, string verb, string description)
    {
        var address = new Argument<string>("ADDRESS");
        var members = new Argument<string[]>("MEMBER") { Arity = ArgumentArity.OneOrMore };
        var command = new Command(verb, description) { address, members };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed,
            CommandContext.Request($"list member {verb}", [("address", parsed.GetValue(address))], parsed.GetValue(members)),
            cancellationToken));
        return command;
    }
}
