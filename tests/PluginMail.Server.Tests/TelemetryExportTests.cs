using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Configuration.Options;

namespace PluginMail.Server.Tests;

/// <summary>What is sent over OTLP, as a collector gets it.</summary>
public sealed class TelemetryExportTests
{
    [Theory]
    [InlineData(TelemetryProtocol.Http, "/v1/metrics", "application/x-protobuf")]
    [InlineData(TelemetryProtocol.Grpc, "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", "application/grpc")]
    public async Task Metrics_of_server_and_plugins_arrive(TelemetryProtocol protocol, string path, string type)
    {
        await using Collector collector = await Collector.StartAsync(protocol);
        string headers = Path.GetTempFileName();
        await File.WriteAllTextAsync(headers, "# who sends\nAuthorization: Bearer a%20b==\n");
        using var plugin = new Meter(new MeterOptions("plugins.clamav") { Tags = [new("plugin", "clamav")] });
        using (var export = new TelemetryExport(() => "mx.example.test", TimeProvider.System, NullLogger.Instance))
        {
            Assert.Empty(export.Apply(new TelemetryOptions
            {
                Endpoint = collector.Address,
                Protocol = protocol,
                Interval = TimeSpan.FromHours(1), // it sends when it ends
                HeadersFile = headers,
            }));
            ServerMetrics.Reloaded("applied");
            plugin.CreateCounter<long>("scans").Add(7, new KeyValuePair<string, object?>("result", "clean"));
        }

        File.Delete(headers);
        Request request = await collector.Requests.ReadAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
        Assert.Equal((path, type, "Bearer a%20b=="), (request.Path, request.Type, request.Authorization));

        // opentelemetry/proto/metrics/v1: resource_metrics = 1 { resource = 1, scope_metrics = 2 { scope = 1 { name = 1 }, metrics = 2 { name = 1 } } }
        ReadOnlyMemory<byte> resource = Assert.Single(Fields(request.Body, 1));
        Assert.Contains("mx.example.test", Encoding.UTF8.GetString(Assert.Single(Fields(resource, 1)).Span), StringComparison.Ordinal);
        Dictionary<string, string[]> scopes = Fields(resource, 2)
            .GroupBy(scope => Text(Assert.Single(Fields(Assert.Single(Fields(scope, 1)), 1))), StringComparer.Ordinal)
            .ToDictionary(all => all.Key, all => all.SelectMany(scope => Fields(scope, 2)).Select(metric => Text(Assert.Single(Fields(metric, 1)))).ToArray());
        Assert.Contains("pluginmail.configuration.reloads", scopes["PluginMail"]);
        Assert.Equal(["scans"], scopes["plugins.clamav"]);
        Assert.Contains("dotnet.gc.collections", scopes["System.Runtime"]);
    }

    [Fact]
    public async Task A_file_of_header_fields_that_is_none_is_said()
    {
        string headers = Path.GetTempFileName();
        await File.WriteAllTextAsync(headers, "\nsecret\n");
        using var export = new TelemetryExport(() => "mx.example.test", TimeProvider.System, NullLogger.Instance);
        string problem = Assert.Single(export.Apply(new TelemetryOptions { Endpoint = "http://127.0.0.1:9", HeadersFile = headers }));
        Assert.Contains("field 1 is not", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", problem, StringComparison.Ordinal);
        File.Delete(headers);
    }

    private static string Text(ReadOnlyMemory<byte> octets) => Encoding.UTF8.GetString(octets.Span);

    /// <summary>The values of a field with a length, in a message of protobuf.</summary>
    private static List<ReadOnlyMemory<byte>> Fields(ReadOnlyMemory<byte> message, int number)
    {
        List<ReadOnlyMemory<byte>> found = [];
        int at = 0;
        while (at < message.Length)
        {
            ulong key = Varint(message.Span, ref at);
            switch (key & 7)
            {
                case 0:
                    Varint(message.Span, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 2:
                    int length = (int)Varint(message.Span, ref at);
                    if ((int)(key >> 3) == number)
                    {
                        found.Add(message.Slice(at, length));
                    }

                    at += length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    Assert.Fail($"no wire type {key & 7}");
                    break;
            }
        }

        Assert.Equal(message.Length, at);
        return found;
    }

    private static ulong Varint(ReadOnlySpan<byte> octets, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte octet = octets[at++];
            value |= (ulong)(octet & 127) << shift;
            if (octet < 128)
            {
                return value;
            }
        }
    }

    private sealed record Request(string Path, string? Type, string Authorization, ReadOnlyMemory<byte> Body);

    /// <summary>What collectors do: takes requests and says that they are welcome.</summary>
    private sealed class Collector(WebApplication application, Channel<Request> requests) : IAsyncDisposable
    {
        public string Address { get; } = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

        public ChannelReader<Request> Requests => requests.Reader;

        public static async Task<Collector> StartAsync(TelemetryProtocol protocol)
        {
            bool isGrpc = protocol == TelemetryProtocol.Grpc;
            var requests = Channel.CreateUnbounded<Request>();
            WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(
                IPAddress.Loopback, 0, listen => listen.Protocols = isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
            WebApplication application = builder.Build();
            application.Run(async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                context.Response.ContentType = context.Request.ContentType;
                if (isGrpc)
                {
                    context.Response.AppendTrailer("grpc-status", "0");
                    await context.Response.Body.WriteAsync(new byte[5]); // an empty message
                }

                ReadOnlyMemory<byte> octets = body.ToArray();
                await requests.Writer.WriteAsync(new Request(
                    context.Request.Path, context.Request.ContentType, context.Request.Headers.Authorization.ToString(), isGrpc ? octets[5..] : octets));
            });
            await application.StartAsync();
            return new Collector(application, requests);
        }

        public ValueTask DisposeAsync() => application.DisposeAsync();
    }
}
