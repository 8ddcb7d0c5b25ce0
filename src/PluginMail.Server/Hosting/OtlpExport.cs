using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using PluginMail.Admin;
using PluginMail.Configuration.Options;

namespace PluginMail.Server;

/// <summary>OpenTelemetry's SDK with its OTLP exporter: the server's metrics, those of plugins, and those of the runtime.</summary>
internal sealed class OtlpExport : IDisposable
{
    private const string MetricsPath = "v1/metrics"; // of OTLP over HTTP
    private const int SendMilliseconds = 5000; // it also holds up the server's end where nobody answers
    private const int MostMetrics = 2000;
    private readonly ExportFaults _faults;
    private readonly MeterProvider _provider;

    /// <summary>Begins to send.</summary>
    /// <exception cref="IOException">The file of header fields cannot be read.</exception>
    /// <exception cref="FormatException">It has a line that is none.</exception>
    public OtlpExport(TelemetryOptions options, string hostname, TimeProvider clock, ILogger log)
    {
        string headers = options.HeadersFile.Length == 0 ? "" : ReadHeaders(options.HeadersFile);
        _faults = new ExportFaults(options.Endpoint, clock, log);
        string version = typeof(OtlpExport).Assembly.GetName().Version!.ToString(3);
        _provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService("pluginmail", serviceVersion: version, autoGenerateServiceInstanceId: false, serviceInstanceId: hostname))
            .AddMeter(MetricCollector.CoreMeter, $"{MetricCollector.PluginMeters}*", "System.Runtime")
            .SetMaxMetricStreams(MostMetrics)
            .AddOtlpExporter((exporter, reader) =>
            {
                bool isHttp = options.Protocol == TelemetryProtocol.Http;
                exporter.Protocol = isHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
                exporter.Endpoint = isHttp ? WithPath(options.Endpoint) : new Uri(options.Endpoint);
                exporter.TimeoutMilliseconds = SendMilliseconds;
                if (headers.Length > 0)
                {
                    exporter.Headers = headers;
                }

                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.Interval.TotalMilliseconds;
                reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = SendMilliseconds;
            })
            .Build();
    }

    public void Dispose()
    {
        _provider.Dispose();
        _faults.Dispose();
    }

    // An endpoint without path is the collector's; one with a path is taken as it is.
    private static Uri WithPath(string endpoint) => new Uri(endpoint) is { AbsolutePath: "/" } root ? new Uri(root, MetricsPath) : new Uri(endpoint);

    // As the exporter reads them: percent-encoded, parted by commas, which values cannot have as it decodes them first.
    private static string ReadHeaders(string file) => string.Join(',', File.ReadLines(file)
        .Select(static line => line.Trim())
        .Where(static line => line.Length > 0 && line[0] != '#')
        .Select((line, index) => line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && !line.Contains(',', StringComparison.Ordinal)
            ? $"{line[..colon].Trim()}={Uri.EscapeDataString(line[(colon + 1)..].Trim())}"
            : throw new FormatException($"{file}: field {index + 1} is not \"Name: value\" without a comma")));
}
