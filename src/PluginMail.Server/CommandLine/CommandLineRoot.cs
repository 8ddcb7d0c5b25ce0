using System.CommandLine;

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
}
