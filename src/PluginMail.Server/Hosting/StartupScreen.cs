using System.Net;
using PluginMail.Configuration.Options;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>What a person sees when the server has started: what runs where, and what to type next.</summary>
internal static class StartupScreen
{
    public static async Task WriteAsync(TextWriter output, string configuration, MailServer server, CancellationToken cancellationToken)
    {
        ServerCore core = server.Core;
        string version = typeof(StartupScreen).Assembly.GetName().Version!.ToString(3);
        await output.WriteLineAsync($"PluginMail {version} serves as {core.Options.Server.Hostname}");
        await output.WriteLineAsync($"  settings    {configuration}");
        await output.WriteLineAsync($"  data        {core.Data.Root}");
        await output.WriteLineAsync($"  tls         {server.Tls.Certificate.Description}");
        foreach ((ListenerOptions listener, IPEndPoint endPoint) in server.Listeners.Active)
        {
            string tls = listener.Tls switch { ListenerTls.Implicit => "TLS", ListenerTls.Starttls => "STARTTLS", _ => "plain" };
            await output.WriteLineAsync($"  {listener.Protocol.ToString().ToLowerInvariant(),-12}{listener.Address.Path ?? endPoint.ToString(),-24}{tls}");
        }

        string plugins = string.Join(", ", core.Plugins.List().Select(plugin => $"{plugin.Name} {plugin.Version}"));
        await output.WriteLineAsync($"  plugins     {(plugins.Length == 0 ? "none" : plugins)}");
        await output.WriteLineAsync();
        await output.WriteLineAsync(await NextStepsAsync(core.Store.Directory, server.Listeners.Active, cancellationToken));
        await output.FlushAsync(cancellationToken);
    }

    private static async Task<string> NextStepsAsync(
        IDirectoryStore directory, IReadOnlyList<(ListenerOptions Options, IPEndPoint EndPoint)> listeners, CancellationToken cancellationToken)
    {
        IReadOnlyList<Account> accounts = await directory.ListAccountsAsync(null, cancellationToken);
        if (accounts.Count > 0)
        {
            return $"{accounts.Count} account{(accounts.Count == 1 ? "" : "s")}. Ctrl-C stops.";
        }

        IPEndPoint? imap = First(ListenerProtocol.Imap);
        IPEndPoint? smtp = First(ListenerProtocol.Smtp);
        string command = OwnCommand();
        return $"""
            No account yet. In another terminal:
              {command} domain add example.test
              {command} account add me@example.test --password secret
              swaks --server {smtp} --from you@example.org --to me@example.test
              curl --insecure --ssl-reqd --user me@example.test:secret 'imap://{imap}/INBOX;MAILINDEX=1'
            Ctrl-C stops.
            """;

        IPEndPoint? First(ListenerProtocol protocol) => listeners.FirstOrDefault(listener => listener.Options.Protocol == protocol).EndPoint;
    }

    /// <summary>How this program is called: from its sources, where it lies among what was built of them, or by its own name.</summary>
    private static string OwnCommand()
    {
        string project = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", ".."));
        return File.Exists(Path.Combine(project, "PluginMail.Server.csproj")) ? "dotnet run --project src/PluginMail.Server --"
            : Path.GetFileNameWithoutExtension(Environment.ProcessPath) is null or "dotnet" ? $"dotnet {typeof(StartupScreen).Assembly.Location}"
            : Environment.ProcessPath!;
    }
}
