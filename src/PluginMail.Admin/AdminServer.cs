using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PluginMail.Queue;
using PluginMail.Transport;

namespace PluginMail.Admin;

/// <summary>Serves the HTTP API on one address. Kestrel does the HTTP; every request but that for an MTA-STS policy needs a token.</summary>
public sealed class AdminServer : IAsyncDisposable
{
    /// <summary>Where the API begins.</summary>
    public const string Root = "/api/v1";

    private const long MaximumBody = 1 << 20;
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(15);
    private readonly WebApplication _application;

    private AdminServer(WebApplication application, IPEndPoint endPoint)
    {
        _application = application;
        EndPoint = endPoint;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Begins to listen.</summary>
    /// <param name="options">Where, and within which limits.</param>
    /// <param name="certificate">Serves TLS.</param>
    /// <param name="tokens">Who may ask.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="policies">The MTA-STS policies of domains here, which anybody may ask for.</param>
    /// <param name="metrics">What is counted.</param>
    /// <param name="loggers">Makes the loggers.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The server.</returns>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public static async Task<AdminServer> StartAsync(
        ListenerOptions options,
        ServerCertificate certificate,
        ApiTokens tokens,
        QueueAdministration queue,
        StsPolicyOf policies,
        MetricsAccess metrics,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        ILogger log = loggers.CreateLogger(AdminLog.Category);

        // Empty: nothing is read from the environment or from files.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Limit(kestrel, options, certificate, log));
        builder.Services.AddSingleton(loggers).AddSingleton(tokens).AddSingleton(metrics).AddRoutingCore();
        WebApplication application = builder.Build();
        application.Use(next => context => GuardAsync(next, context, log));
        application.Use(next => context => StsPolicies.ServeAsync(next, context, policies));
        application.UseMiddleware<BearerAuthentication>();
        application.UseRouting();
        QueueEndpoints.Map(application.MapGroup(Root), queue);
        MetricsEndpoint.Map(application, metrics.Collector);
        application.MapFallback((HttpRequest request) => Problems.Of(StatusCodes.Status404NotFound, $"There is nothing at {request.Path}"));
        try
        {
            await application.StartAsync(cancellationToken);
            return new AdminServer(application, FindEndPoint(application, options));
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes no new connection, and ends those that are open when their requests are answered.</summary>
    /// <param name="patience">How long to wait for them.</param>
    /// <returns>Ends when all have ended.</returns>
    public async Task StopAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience, TimeProvider.System);
        await _application.StopAsync(limit.Token);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static void Limit(KestrelServerOptions kestrel, ListenerOptions options, ServerCertificate certificate, ILogger log)
    {
        var counter = new ConnectionCounter(
            options.MaximumConnections, options.MaximumConnectionsPerAddress, options.MaximumConnectionsPerMinute, TimeProvider.System);
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = options.MaximumConnections;
        kestrel.Limits.MaxRequestBodySize = MaximumBody;
        kestrel.Limits.KeepAliveTimeout = IdleTime;
        kestrel.Limits.RequestHeadersTimeout = IdleTime;
        kestrel.Listen(options.EndPoint, listen =>
        {
            listen.Use(serve => connection => CountAsync(serve, connection, counter, log)); // before the handshake, which costs the most
            if (options.Tls == TlsMode.None)
            {
                listen.Protocols = HttpProtocols.Http1;
                return;
            }

            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = options.HandshakeTimeout,
                OnConnection = _ => new(CopyOf(certificate.Options)),
            });
        });
    }

    private static async Task CountAsync(ConnectionDelegate serve, ConnectionContext connection, ConnectionCounter counter, ILogger log)
    {
        IPAddress? address = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        if (!counter.TryEnter(address))
        {
            AdminLog.TooManyConnections(log, address);
            return; // Kestrel closes it
        }

        try
        {
            await serve(connection);
        }
        finally
        {
            counter.Leave(address);
        }
    }

    // Kestrel writes the protocols of HTTP into what it is given; the mail protocols' handshakes share the original.
    private static SslServerAuthenticationOptions CopyOf(SslServerAuthenticationOptions options) => new()
    {
        ServerCertificateContext = options.ServerCertificateContext,
        EnabledSslProtocols = options.EnabledSslProtocols,
        AllowRenegotiation = options.AllowRenegotiation,
    };

    private static async Task GuardAsync(RequestDelegate next, HttpContext context, ILogger log)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (e is not OperationCanceledException and not Microsoft.AspNetCore.Http.BadHttpRequestException and not ConnectionResetException)
        {
            AdminLog.Failed(log, context.Request.Method, context.Request.Path, e.ToString());
            if (!context.Response.HasStarted)
            {
                await Problems.WriteAsync(context, StatusCodes.Status500InternalServerError, "The server failed; its log says why");
            }
        }
    }

    private static IPEndPoint FindEndPoint(WebApplication application, ListenerOptions options)
    {
        string? address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        return address is null ? options.EndPoint : new IPEndPoint(options.EndPoint.Address, BindingAddress.Parse(address).Port);
    }
}
