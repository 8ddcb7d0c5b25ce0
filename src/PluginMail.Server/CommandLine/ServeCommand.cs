using System.CommandLine;
using System.Security.Cryptography;
using PluginMail.Configuration.Options;

namespace PluginMail.Server;

/// <summary><c>serve</c>, which is what the program does when it is not told anything.</summary>
internal static class ServeCommand
{
    public static Command Build(CommandContext context)
    {
        var serve = new Command("serve", "Serves mail until Ctrl-C or SIGTERM; SIGHUP reads the settings again");
        serve.SetAction((parsed, cancellationToken) => RunAsync(context, parsed, cancellationToken));
        return serve;
    }

    public static async Task<int> RunAsync(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = context.FindConfiguration(parsed);
        if (context.Load(parsed) is not { } options)
        {
            return 2;
        }

        try
        {
            using DataLock? taken = DataLock.TryTake(options.Server.Data, "pluginmail serve", TimeProvider.System.GetUtcNow(), out string holder);
            if (taken is null)
            {
                await Console.Error.WriteLineAsync($"{options.Server.Data} is in use: {holder}");
                return 1;
            }

            return await ServeAsync(path, options, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            await Console.Error.WriteLineAsync($"cannot start: {e.Message}");
            return 1;
        }
    }

    private static async Task<int> ServeAsync(string path, MailServerOptions options, CancellationToken cancellationToken)
    {
        using var logging = new ServerLogging(options.Log);
        (MailServer? server, IReadOnlyList<string> problems) =
            await MailServer.StartAsync(path, options, logging, TimeProvider.System, cancellationToken);
        if (server is null)
        {
            foreach (string problem in problems)
            {
                await Console.Error.WriteLineAsync(problem);
            }

            return 1;
        }

        await using (server)
        {
            await server.RunAsync(() => StartupScreen.WriteAsync(Console.Out, path, server, cancellationToken), cancellationToken);
        }

        await Console.Out.WriteLineAsync("stopped");
        return 0;
    }
}
