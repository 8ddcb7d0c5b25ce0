using System.Net;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Configuration;
using PluginMail.Dns;
using PluginMail.Plugins;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Support;

/// <summary>A bundled plugin as the server loads it, set up by a table of mail.toml, asked about strangers who bring mail.</summary>
internal sealed class ListBench : IAsyncDisposable
{
    private readonly StubResolver? _resolver;

    private ListBench(PluginBench plugins, StubResolver? resolver) => (Plugins, _resolver) = (plugins, resolver);

    public PluginBench Plugins { get; }

    /// <summary>Starts a plugin that has nothing against its table.</summary>
    public static async Task<ListBench> StartAsync(
        string plugin,
        string table,
        IPEndPoint? dnsServer = null,
        TimeProvider? clock = null,
        IStateStore? state = null,
        ISenderPolicy? policy = null,
        IDnsResolver? dns = null,
        string hostname = "localhost")
    {
        var time = clock ?? TimeProvider.System;
        StubResolver? resolver = dnsServer is null ? null : Resolver(dnsServer);
        var bench = new PluginBench(services: given => given with
        {
            Clock = time,
            Hostname = () => hostname,
            Dns = resolver ?? dns ?? given.Dns,
            State = state is null ? given.State : _ => state,
            SenderPolicy = policy ?? given.SenderPolicy,
        });
        Assert.Empty(await bench.ApplyAsync(Settings(plugin, table)));
        return new ListBench(bench, resolver);
    }

    /// <summary>What is wrong with a table.</summary>
    public static async Task<IReadOnlyList<string>> ErrorsAsync(string plugin, string table)
    {
        await using var bench = new PluginBench();
        return await bench.ApplyAsync(Settings(plugin, table));
    }

    public static StubResolver Resolver(IPEndPoint server) =>
        new(() => new ResolverOptions { Servers = [server] }, TimeProvider.System, new ListLoggers().CreateLogger("dns"));

    public static FakeSession Stranger(string address, string hello = "client.example.org") => new()
    {
        RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 40_000),
        LocalEndPoint = new IPEndPoint(IPAddress.Parse("198.51.100.1"), 25),
        HelloName = hello,
    };

    public async Task<Verdict> AskAsync(
        SessionStages stage, ISessionView session, string sender = "", string recipient = "", CancellationToken cancellationToken = default)
    {
        var role = Plugins.Roles.SessionChecks[0];
        await using var lease = role.Begin(session);
        var answer = await lease.AskAsync(Context(stage, session, sender, recipient), cancellationToken);
        Assert.Null(answer.Fault);
        return answer.Value;
    }

    public async Task<Verdict> CheckAsync(IMessageView message)
    {
        var answer = await Plugins.Roles.MessageChecks[0].AskAsync(message, CancellationToken.None);
        Assert.Null(answer.Fault);
        return answer.Value;
    }

    public async ValueTask DisposeAsync()
    {
        await Plugins.DisposeAsync();
        _resolver?.Dispose();
    }

    /// <summary>A plugin's table as the server reads it.</summary>
    public static PluginSettings Settings(string plugin, string table)
    {
        string text = $"[plugins]\norder = [\"{plugin}\"]\n[plugins.{plugin}]\n{table}\n";
        var file = ConfigurationFile.Parse(Encoding.UTF8.GetBytes(text), "mail.toml");
        Assert.Empty(file.Findings);
        var entry = Assert.Single(file.Options!.Plugins.Order);
        return new PluginSettings(
            plugin,
            entry.OpenSettings,
            settings =>
            {
                var read = (Configuration.Settings.TomlSettings)settings;
                read.ReportUnknownKeys();
                return [.. read.Findings.Select(finding => finding.ToString())];
            },
            entry.Fingerprint)
        {
            OnFault = (OnFault)entry.OnFault,
            TimeLimit = entry.TimeLimit,
            Concurrency = entry.Concurrency,
            FaultLimit = entry.FaultLimit,
            FaultPause = entry.FaultPause,
        };
    }

    private static SessionCheckContext Context(SessionStages stage, ISessionView session, string sender, string recipient) => new(
        stage,
        session,
        sender.Length == 0 ? null : TemporaryStore.Address(sender),
        hasSender: true,
        recipient.Length == 0 ? null : TemporaryStore.Address(recipient));
}
