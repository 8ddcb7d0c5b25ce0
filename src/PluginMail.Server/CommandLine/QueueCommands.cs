using System.CommandLine;

namespace PluginMail.Server;

/// <summary><c>queue list|send|remove</c>.</summary>
internal static class QueueCommands
{
    public static Command Build(CommandContext context)
    {
        var list = new Command("list", "Lists messages that wait or are held");
        list.SetAction((parsed, cancellationToken) => context.RunAsync(parsed, CommandContext.Request("queue list", []), cancellationToken));
        return new Command("queue", "Messages that wait or are held")
        {
            list,
            OfEntry(context, "send", "Tries a message now, and releases it where it is held"),
            OfEntry(context, "remove", "Removes a message without a report"),
        };
    }

    private static Command OfEntry(CommandContext context, string verb, string description)
    {
        var id = new Argument<string>("ID");
        var command = new Command(verb, description) { id };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed, CommandContext.Request($"queue {verb}", [("id", parsed.GetValue(id))]), cancellationToken));
        return command;
    }
}
