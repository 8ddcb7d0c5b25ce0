namespace PluginMail.Configuration.Options;

/// <summary>Table <c>[telemetry]</c>. This version sends none and refuses an endpoint.</summary>
public sealed record TelemetryOptions
{
    /// <summary><c>endpoint</c>: where traces and metrics go over OTLP. Default empty: nowhere.</summary>
    public string Endpoint { get; init; } = "";

    internal static TelemetryOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("telemetry");
        if (table.GetString("endpoint", "").Length > 0)
        {
            table.RejectUnsupported("endpoint");
        }

        return new TelemetryOptions();
    }
}
