using System.CommandLine;

namespace PluginMail.Server;

/// <summary><c>filter preview|apply ACCOUNT FILE</c>, <c>filter undo ACCOUNT [JOB]</c>, <c>filter jobs ACCOUNT</c>: scripts and the mail that is there.</summary>
internal static class FilterApplyCommand
{
    public static Command Preview(CommandContext context)
    {
        var messages = new Option<bool>("--messages") { Description = "Lists the messages, each with what would be done to it" };
        var command = new Command("preview", "Shows what a script would do to the mail that is there; changes nothing");
        OnMail on = OnMail.AddTo(command, fileIsNeeded: true);
        command.Add(messages);
        command.SetAction((parsed, cancellationToken) =>
            on.RunAsync(context, parsed, "filter preview", ("messages", parsed.GetValue(messages) ? "true" : null), cancellationToken));
        return command;
    }

    public static Command Apply(CommandContext context)
    {
        var resume = new Option<bool>("--resume") { Description = "Goes on with what was interrupted; needs no script" };
        var command = new Command(
            "apply",
            "Does to the mail that is there what preview shows; sends nothing. The same command again goes on where it was interrupted, filter undo takes it back");
        OnMail on = OnMail.AddTo(command, fileIsNeeded: false);
        command.Add(resume);
        command.SetAction((parsed, cancellationToken) =>
            on.RunAsync(context, parsed, "filter apply", ("resume", parsed.GetValue(resume) ? "true" : null), cancellationToken));
        return command;
    }

    public static Command Undo(CommandContext context)
    {
        var account = new Argument<string>("ACCOUNT");
        var job = new Argument<string?>("JOB") { Arity = ArgumentArity.ZeroOrOne, Description = "The number that filter jobs shows; the last one without it" };
        var command = new Command("undo", "Takes back what filter apply did, within [filters] undo_time") { account, job };
        command.SetAction((parsed, cancellationToken) => context.RunWithProgressAsync(
            parsed, CommandContext.Request("filter undo", [("account", parsed.GetValue(account)), ("job", parsed.GetValue(job))]), cancellationToken));
        return command;
    }

    private sealed record OnMail(Argument<string> Account, Argument<FileInfo?> File, Option<string?> Folder)
    {
        public static OnMail AddTo(Command command, bool fileIsNeeded)
        {
            var on = new OnMail(
                new Argument<string>("ACCOUNT"),
                new Argument<FileInfo?>("FILE") { Arity = fileIsNeeded ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne, Description = "The script" },
                new Option<string?>("--folder") { Description = "The folder; INBOX without it" });
            command.Add(on.Account);
            command.Add(on.File);
            command.Add(on.Folder);
            return on;
        }

        public async Task<int> RunAsync(
            CommandContext context, ParseResult parsed, string operation, (string Name, string? Value) option, CancellationToken cancellationToken)
        {
            FileInfo? script = parsed.GetValue(File);
            if (script is { Exists: false })
            {
                return CommandContext.Show(AdminResponse.Unusable($"{script} cannot be read"), parsed.GetValue(context.Json));
            }

            AdminRequest request = CommandContext.Request(
                operation,
                [("account", parsed.GetValue(Account)), ("name", script?.Name), ("folder", parsed.GetValue(Folder)), option],
                data: script is null ? null : await System.IO.File.ReadAllBytesAsync(script.FullName, cancellationToken));
            return await context.RunWithProgressAsync(parsed, request, cancellationToken);
        }
    }
}
