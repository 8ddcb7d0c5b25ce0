using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Configuration.Options;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary><c>backup FOLDER</c> while the server serves, and <c>restore FOLDER</c> into a data folder that is empty.</summary>
internal static class BackupCommands
{
    public static Command BuildBackup(CommandContext context)
    {
        var folder = new Argument<DirectoryInfo>("FOLDER") { Description = "A new or empty folder" };
        var command = new Command("backup", "Copies the whole store, consistent, while the server serves") { folder };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed, CommandContext.Request("backup", [("folder", parsed.GetValue(folder)!.FullName)]), cancellationToken));
        return command;
    }

    public static Command BuildRestore(CommandContext context)
    {
        var folder = new Argument<DirectoryInfo>("FOLDER") { Description = "A folder that backup wrote" };
        var command = new Command("restore", "Makes a backup the store; the data folder must hold none") { folder };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (context.Load(parsed) is not { } options)
            {
                return 2;
            }

            return CommandContext.Show(await RestoreAsync(options, parsed.GetValue(folder)!.FullName, cancellationToken), parsed.GetValue(context.Json));
        });
        return command;
    }

    private static async Task<AdminResponse> RestoreAsync(MailServerOptions options, string folder, CancellationToken cancellationToken)
    {
        try
        {
            using DataLock? taken = DataLock.TryTake(options.Server.Data, "pluginmail restore", TimeProvider.System.GetUtcNow(), out string holder);
            if (taken is null)
            {
                return AdminResponse.Failed($"{options.Server.Data} is in use: {holder}");
            }

            StoreCheckReport report = await RestoredStore.RunAsync(
                folder, options.Server.Data, TimeProvider.System, NullLoggerFactory.Instance, cancellationToken);
            return report.Problems.Count == 0
                ? AdminResponse.Done($"{folder} is now the store in {options.Server.Data}: {report.Bodies} messages, {report.Octets} octets")
                : AdminResponse.Failed($"{folder} is now the store in {options.Server.Data}, with problems:\n{string.Join('\n', report.Problems)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return AdminResponse.Failed(e.Message);
        }
    }
}
