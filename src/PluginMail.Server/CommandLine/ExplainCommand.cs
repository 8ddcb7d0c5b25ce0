using System.CommandLine;

namespace PluginMail.Server;

/// <summary><c>explain ID</c>: who decided what about a message, and why.</summary>
internal static class ExplainCommand
{
    public static Command Build(CommandContext context)
    {
        var id = new Argument<string>("ID") { Description = "As it stands in the reply, in Received and in the log" };
        var command = new Command("explain", "Says who decided what about a message, and why") { id };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed,
            CommandContext.Request("explain", [("id", parsed.GetValue(id)), ("json", parsed.GetValue(context.Json) ? "true" : null)]),
            cancellationToken));
        return command;
    }
}
