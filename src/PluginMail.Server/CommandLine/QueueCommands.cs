using System.CommandLine;

namespace PluginMail.Server;

/// <summary><c>queue list|show|send|hold|release|return|remove|clear</c>.</summary>
internal static class QueueCommands
{
    public static Command Build(CommandContext context) => new("queue", "Messages that wait or are held")
    {
        List(context),
        Show(context),
        OfEntries(context, "send", "Tries waiting messages now and ends pauses of destinations; what is held stays held until it is released", withAll: true),
        OfEntries(context, "hold", "Lets messages wait until they are released"),
        OfEntries(context, "release", "Lets held messages go: from now on they are tried"),
        Return(context),
        OfEntries(context, "remove", "Removes messages without a report"),
        Clear(context),
    };

    private static Option<string?> Destination() => new("--destination") { Description = "Only recipients in this domain", HelpName = "DOMAIN" };

    private static Option<string?> Sender() => new("--sender") { Description = "Only from this address; '<>' is the null sender", HelpName = "ADDRESS" };

    private static Option<string?> State() => new("--state")
    {
        Description = "Only with recipients in this state: waiting, held, failed",
        HelpName = "STATE",
    };

    private static Command List(CommandContext context)
    {
        Option<string?> destination = Destination(), sender = Sender(), state = State();
        var limit = new Option<int?>("--limit") { Description = "The most messages to list; without it 1000" };
        var after = new Option<int?>("--after") { Description = "Only those behind this id: the next page", HelpName = "ID" };
        var list = new Command("list", "Lists messages that wait or are held, oldest first") { destination, sender, state, limit, after };
        list.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed,
            CommandContext.Request(
                "queue list",
                [
                    ("destination", parsed.GetValue(destination)), ("sender", parsed.GetValue(sender)), ("state", parsed.GetValue(state)),
                    ("limit", parsed.GetValue(limit)?.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                    ("after", parsed.GetValue(after)?.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                ]),
            cancellationToken));
        return list;
    }

    private static Command Show(CommandContext context)
    {
        var id = new Argument<string>("ID");
        var show = new Command("show", "Shows all that is known of a message: recipients, replies, next tries, past attempts") { id };
        show.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed, CommandContext.Request("queue show", [("id", parsed.GetValue(id))]), cancellationToken));
        return show;
    }

    private static Command OfEntries(CommandContext context, string verb, string description, bool withAll = false)
    {
        Argument<string[]> ids = Ids();
        Option<string?> destination = Destination(), sender = Sender();
        var all = new Option<bool>("--all") { Description = "All of them", Hidden = !withAll };
        var command = new Command(verb, description) { ids, destination, sender };
        if (withAll)
        {
            command.Options.Add(all);
        }

        command.Validators.Add(result =>
        {
            bool isAll = withAll && result.GetValue(all);
            if (result.GetValue(ids) is not { Length: > 0 } && result.GetValue(destination) is null && result.GetValue(sender) is null && !isAll)
            {
                result.AddError($"queue {verb}: say which: an ID, --destination DOMAIN or --sender ADDRESS{(withAll ? ", or --all" : "")}");
            }
        });
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed,
            CommandContext.Request(
                $"queue {verb}",
                [
                    ("destination", parsed.GetValue(destination)), ("sender", parsed.GetValue(sender)),
                    ("all", withAll && parsed.GetValue(all) ? "yes" : null),
                ],
                parsed.GetValue(ids)),
            cancellationToken));
        return command;
    }

    private static Argument<string[]> Ids() => new("ID") { Arity = ArgumentArity.ZeroOrMore, Description = "Messages by their numbers in 'queue list'" };

    private static Command Return(CommandContext context)
    {
        Argument<string[]> ids = Ids();
        Option<string?> destination = Destination(), sender = Sender(), state = State();
        var reason = new Option<string?>("--reason")
        {
            Description = "What the sender reads in the report: one line; without it that an administrator returned it",
            HelpName = "TEXT",
        };
        var command = new Command("return", "Returns held or waiting messages to their senders, with a report that says why")
        {
            ids, destination, sender, state, reason,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(ids) is not { Length: > 0 } && result.GetValue(destination) is null && result.GetValue(sender) is null
                && result.GetValue(state) is null)
            {
                result.AddError("queue return: say which: an ID, --destination DOMAIN, --sender ADDRESS or --state STATE");
            }
        });
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed,
            CommandContext.Request(
                "queue return",
                [
                    ("destination", parsed.GetValue(destination)), ("sender", parsed.GetValue(sender)), ("state", parsed.GetValue(state)),
                    ("reason", parsed.GetValue(reason)),
                ],
                parsed.GetValue(ids)),
            cancellationToken));
        return command;
    }

    private static Command Clear(CommandContext context)
    {
        Option<string?> destination = Destination(), sender = Sender(), state = State();
        var yes = new Option<bool>("--yes") { Description = "Really; without it, it is only said how many there are" };
        var clear = new Command("clear", "Removes all messages, or those that are meant, without reports") { destination, sender, state, yes };
        clear.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed,
            CommandContext.Request(
                "queue clear",
                [
                    ("destination", parsed.GetValue(destination)), ("sender", parsed.GetValue(sender)), ("state", parsed.GetValue(state)),
                    ("yes", parsed.GetValue(yes) ? "yes" : null),
                ]),
            cancellationToken));
        return clear;
    }
}
