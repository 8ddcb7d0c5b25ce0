namespace PluginMail.Configuration.Options;

/// <summary>Table <c>[telemetry]</c>: how metrics leave the process.</summary>
public sealed record TelemetryOptions
{
    /// <summary><c>open_on_loopback</c>: whether programs on this machine may read <c>/metrics</c> of http listeners without a token. Default false.</summary>
    public bool OpenOnLoopback { get; init; }

    /// <summary><c>endpoint</c>: where metrics are sent over OTLP, an http or https URL. Default empty: nowhere.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary><c>protocol</c>: how they are carried there. Default <c>"grpc"</c>.</summary>
    public TelemetryProtocol Protocol { get; init; } = TelemetryProtocol.Grpc;

    /// <summary><c>interval</c>: how often. At least a second; default one minute.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary><c>headers_file</c>: a file with header fields of each request, <c>Name: value</c> on a line, as for a token. Default empty: none.</summary>
    public string HeadersFile { get; init; } = "";

    internal static TelemetryOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("telemetry");
        var defaults = new TelemetryOptions();
        string endpoint = table.GetString("endpoint", defaults.Endpoint);
        if (endpoint.Length > 0 && !IsEndpoint(endpoint))
        {
            table.Reject("endpoint", "a URL as \"http://127.0.0.1:4317\", with http or https, a host, and no user, query or fragment");
            endpoint = "";
        }

        return new TelemetryOptions
        {
            OpenOnLoopback = table.GetBoolean("open_on_loopback", defaults.OpenOnLoopback),
            Endpoint = endpoint,
            Protocol = table.GetEnum("protocol", defaults.Protocol),
            Interval = table.GetDuration("interval", defaults.Interval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            HeadersFile = reader.GetExistingFile(table, "headers_file"),
        };
    }

    private static bool IsEndpoint(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri is { Host.Length: > 0, UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 };
}
