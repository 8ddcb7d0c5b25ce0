using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Queue;
using PluginMail.Queue.Tests;
using PluginMail.Transport;

namespace PluginMail.Admin.Tests;

/// <summary>The API on a free port of loopback, over a real queue.</summary>
internal sealed class ApiBench : IAsyncDisposable
{
    private readonly string _folder;
    private readonly AdminServer _server;
    private readonly MetricCollector _metrics;

    private ApiBench(string folder, QueueBench queue, ApiTokens tokens, AdminServer server, MetricCollector metrics, bool tls)
    {
        _metrics = metrics;
        _folder = folder;
        Queue = queue;
        Tokens = tokens;
        _server = server;
        Client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } })
        {
            BaseAddress = new Uri($"{(tls ? "https" : "http")}://127.0.0.1:{server.EndPoint.Port}/api/v1/"),
        };
    }

    public QueueBench Queue { get; }

    public ApiTokens Tokens { get; }

    /// <summary>What the hosts elsewhere say.</summary>
    public OutboundOutcome Answer { get; set; } = ScriptedTransport.Down;

    public HttpClient Client { get; }

    /// <summary>Whether metrics are given without a token.</summary>
    public bool IsOpenOnLoopback { get; set; }

    public static async Task<ApiBench> OpenAsync(bool tls = false)
    {
        string folder = Directory.CreateTempSubdirectory("pluginmail-api").FullName;
        ApiBench? bench = null;
        QueueBench queue = await QueueBench.OpenAsync(transport: new ScriptedTransport(_ => bench!.Answer));
        ApiTokens tokens = ApiTokens.Open(Path.Combine(folder, "tokens.json"), queue.Clock);
        string certificate = Path.Combine(folder, "certificate.pem"), key = Path.Combine(folder, "key.pem");
        ServerCertificate.EnsureSelfSigned(certificate, key, "localhost", TimeProvider.System.GetUtcNow());
        var metrics = new MetricCollector(NullLogger.Instance);
        AdminServer server = await AdminServer.StartAsync(
            new ListenerOptions(new IPEndPoint(IPAddress.Loopback, 0), tls ? TlsMode.Implicit : TlsMode.None, 100, 100),
            ServerCertificate.Load(certificate, key),
            tokens,
            new QueueAdministration(queue.Mail.Store.Queue, queue.Runner, () => queue.Options, queue.Clock),
            (domain, _) => new(domain == "example.test" ? "version: STSv1\nmode: testing\n" : null),
            new MetricsAccess(metrics, () => bench!.IsOpenOnLoopback),
            NullLoggerFactory.Instance,
            CancellationToken.None);
        return bench = new ApiBench(folder, queue, tokens, server, metrics, tls);
    }

    /// <summary>Gives the client a token.</summary>
    public void SignIn(ApiScope scope) => Client.DefaultRequestHeaders.Authorization =
        new AuthenticationHeaderValue("Bearer", Tokens.Add($"t{Tokens.All.Count}", scope, null));

    public async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        using HttpResponseMessage response = await Client.SendAsync(request);
        using JsonDocument body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(response.IsSuccessStatusCode ? "application/json" : "application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return (response.StatusCode, body.RootElement.Clone());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.StopAsync(TimeSpan.FromSeconds(5));
        await _server.DisposeAsync();
        _metrics.Dispose();
        await Queue.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
