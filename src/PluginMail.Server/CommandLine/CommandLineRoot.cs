using System.CommandLine;
using System.CommandLine.Parsing;

namespace PluginMail.Server;

/// <summary>The command line: one file a noun beside this one.</summary>
internal static class CommandLineRoot
{
    public static RootCommand Build()
    {
        var context = new CommandContext();
        var root = new RootCommand("PluginMail: a mail server")
        {
            ServeCommand.Build(context),
            ConfigCommands.Build(context),
            DomainCommands.Build(context),
            DkimCommands.Build(context),
            AccountCommands.Build(context),
            AliasCommands.Build(context),
            ListCommands.Build(context),
            FilterCommands.Build(context),
            PluginCommands.Build(context),
            ScriptCommands.Build(context),
            QueueCommands.Build(context),
            TokenCommands.Build(context),
            MailboxCommands.Build(context),
            ExplainCommand.Build(context),
            BackupCommands.BuildBackup(context),
            BackupCommands.BuildRestore(context),
            SendmailCommand.Build(context),
        };
        root.Options.Add(context.Config);
        root.Options.Add(context.Json);
        root.SetAction((parsed, cancellationToken) => ServeCommand.RunAsync(context, parsed, cancellationToken));
        return root;
    }

    /// <summary>What is wrong with a line. The parser takes an option that it does not know for a value of an argument; that is an error too.</summary>
    /// <param name="parsed">The line.</param>
    /// <returns>A sentence for each error.</returns>
    public static IReadOnlyList<string> ProblemsOf(ParseResult parsed)
    {
        HashSet<string> plain = [.. parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Select(token => token.Value)];
        IEnumerable<string> unknown = parsed.CommandResult.Command.Arguments
            .Where(argument => argument is not PassedOnArgument)
            .SelectMany(argument => parsed.GetResult(argument)?.Tokens ?? [])
            .Select(token => token.Value)
            .Where(value => value is ['-', _, ..] && !plain.Contains(value))
            .Select(value => $"Unknown option '{value}'; what begins with a hyphen and is none goes behind '--'.");
        return [.. unknown.Concat(parsed.Errors.Select(error => error.Message))];
    }
}
