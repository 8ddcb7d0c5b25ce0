namespace PluginMail.Admin;

/// <summary>The metrics that a listener gives, and to whom.</summary>
/// <param name="Collector">Where they come from.</param>
/// <param name="IsOpenOnLoopback">Whether a client on this machine needs no token; asked anew each time.</param>
public sealed record MetricsAccess(MetricCollector Collector, Func<bool> IsOpenOnLoopback);
