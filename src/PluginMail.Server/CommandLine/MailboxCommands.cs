using System.CommandLine;

namespace PluginMail.Server;

/// <summary><c>mailbox check|reclaim</c>.</summary>
internal static class MailboxCommands
{
    public static Command Build(CommandContext context)
    {
        var check = new Command("check", "Checks the database and every message's checksum");
        check.SetAction((parsed, cancellationToken) => context.RunAsync(parsed, CommandContext.Request("mailbox check", []), cancellationToken));
        var reclaim = new Command("reclaim", "Gives the room of deleted messages back now");
        reclaim.SetAction((parsed, cancellationToken) => context.RunAsync(parsed, CommandContext.Request("mailbox reclaim", []), cancellationToken));
        return new Command("mailbox", "The store of messages") { check, reclaim };
    }
}
