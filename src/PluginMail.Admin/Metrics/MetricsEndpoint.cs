using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PluginMail.Admin;

/// <summary><c>GET /metrics</c>, where Prometheus looks for it.</summary>
internal static class MetricsEndpoint
{
    /// <summary>The path.</summary>
    public const string Path = "/metrics";

    private const string OpenMetricsType = "application/openmetrics-text";

    // What a proxy that says for whom it asks adds (RFC 7239, and before it practice).
    private static readonly string[] Forwarding = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"];

    /// <summary>Adds the route.</summary>
    public static void Map(IEndpointRouteBuilder routes, MetricCollector collector) =>
        routes.MapGet(Path, (HttpRequest request, CancellationToken cancellationToken) => AnswerAsync(request, collector, cancellationToken));

    /// <summary>Whether a request reads metrics and comes from a program on this machine, not for somebody else.</summary>
    public static bool IsLocalReading(HttpContext context) =>
        IsReading(context.Request)
        && context.Connection.RemoteIpAddress is { } address
        && IPAddress.IsLoopback(address)
        && !Forwarding.Any(context.Request.Headers.ContainsKey);

    /// <summary>Whether a request reads metrics.</summary>
    public static bool IsReading(HttpRequest request) => HttpMethods.IsGet(request.Method) && request.Path == Path;

    private static async Task<IResult> AnswerAsync(HttpRequest request, MetricCollector collector, CancellationToken cancellationToken)
    {
        bool isOpen = request.Headers.Accept.ToString().Contains(OpenMetricsType, StringComparison.OrdinalIgnoreCase);
        return Results.Text(
            await collector.WriteAsync(isOpen ? MetricFormat.OpenMetrics : MetricFormat.Prometheus, cancellationToken),
            isOpen ? $"{OpenMetricsType}; version=1.0.0; charset=utf-8" : "text/plain; version=0.0.4; charset=utf-8",
            Encoding.UTF8);
    }
}
