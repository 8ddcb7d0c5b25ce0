using System.Net;
using PluginMail.Admin;
using PluginMail.Configuration.Options;
using PluginMail.Transport;
using ConfiguredListener = PluginMail.Configuration.Options.ListenerOptions;

namespace PluginMail.Server;

/// <summary>A listener of the HTTP API.</summary>
internal sealed class RunningApi : IRunningListener
{
    private readonly ConfiguredListener _configured;
    private readonly Transport.ListenerOptions _options;
    private readonly AdminServer _server;

    private RunningApi(ConfiguredListener configured, Transport.ListenerOptions options, AdminServer server)
    {
        _configured = configured;
        _options = options;
        _server = server;
    }

    public string Name => "http";

    public IPEndPoint EndPoint => _server.EndPoint;

    public static async Task<IRunningListener> StartAsync(
        ServerCore core, ServerCertificate certificate, MailServerOptions options, ConfiguredListener configured, CancellationToken cancellationToken)
    {
        Transport.ListenerOptions settings = options.ToListener(configured);
        var metrics = new MetricsAccess(core.Metrics, () => core.Options.Telemetry.OpenOnLoopback);
        AdminServer server = await AdminServer.StartAsync(
            settings, certificate, core.Tokens, core.QueueAdministration, FindPolicyAsync, metrics, core.Loggers, cancellationToken);
        return new RunningApi(configured, settings, server);

        async ValueTask<string?> FindPolicyAsync(string domain, CancellationToken end) =>
            await core.Store.Directory.FindDomainAsync(domain, end) is { } served ? PublishedRecords.StsPolicy(core.Options, served) : null;
    }

    public bool Apply(MailServerOptions options) => options.ToListener(_configured) == _options;

    public int RevokeLogin(string account) => 0; // tokens are nobody's account

    public Task StopAsync(TimeSpan patience) => _server.StopAsync(patience);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
