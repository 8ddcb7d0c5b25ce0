using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using PluginMail.Configuration.Options;

namespace PluginMail.Server;

/// <summary>Sends metrics over OTLP while mail.toml names an endpoint. Until it does, nothing of OpenTelemetry is loaded.</summary>
internal sealed class TelemetryExport(Func<string> hostname, TimeProvider clock, ILogger log) : IDisposable
{
    private TelemetryOptions _options = new();
    private OtlpExport? _export;

    /// <summary>Begins, ends, or begins anew where the options have changed. One call at a time.</summary>
    /// <returns>What went wrong, a line each; nothing is sent then.</returns>
    public IReadOnlyList<string> Apply(TelemetryOptions options)
    {
        if (options with { OpenOnLoopback = _options.OpenOnLoopback } == _options)
        {
            return [];
        }

        _options = options;
        _export?.Dispose(); // what it has not sent yet is sent
        _export = null;
        try
        {
            _export = options.Endpoint.Length == 0 ? null : Start(options);
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            _options = new TelemetryOptions(); // the next reload tries again
            return [$"[telemetry] {e.Message}; nothing is sent to {options.Endpoint}"];
        }
    }

    public void Dispose() => _export?.Dispose();

    [MethodImpl(MethodImplOptions.NoInlining)] // what it names would be loaded with its caller
    private OtlpExport Start(TelemetryOptions options)
    {
        var export = new OtlpExport(options, hostname(), clock, log);
        ServerLog.TelemetryBegins(log, options.Endpoint, (long)options.Interval.TotalSeconds);
        return export;
    }
}
