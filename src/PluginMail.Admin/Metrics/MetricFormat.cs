namespace PluginMail.Admin;

/// <summary>A form that metrics are written in.</summary>
public enum MetricFormat
{
    /// <summary>Prometheus' text format 0.0.4.</summary>
    Prometheus,

    /// <summary>OpenMetrics 1.0.</summary>
    OpenMetrics,
}
