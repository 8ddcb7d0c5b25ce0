namespace PluginMail.Configuration.Options;

/// <summary>How OTLP is carried.</summary>
public enum TelemetryProtocol
{
    /// <summary>gRPC over HTTP/2, usually on port 4317.</summary>
    Grpc,

    /// <summary>Protobuf over HTTP/1.1, usually on port 4318.</summary>
    Http,
}
