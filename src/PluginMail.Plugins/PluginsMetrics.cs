using System.Diagnostics.Metrics;

namespace PluginMail.Plugins;

/// <summary>What is counted of calls to plugins. Labels are the names of mail.toml and of kinds of roles.</summary>
internal static class PluginsMetrics
{
    private static readonly Meter Meter = new("PluginMail");

    private static readonly Counter<long> Calls = Meter.CreateCounter<long>(
        "pluginmail.role.calls", "{call}", "Calls of plugins' roles, by plugin, role and outcome: answered, fault, timeout, skipped (switched off after faults)");

    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        "pluginmail.role.call.duration",
        "s",
        "Time that calls of plugins' roles took, waiting for their turn included, by plugin and role",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.00001, 0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60] });

    private static readonly Counter<long> Loads = Meter.CreateCounter<long>(
        "pluginmail.plugins.loads", "{version}", "Versions of plugins that were loaded, by plugin and outcome: serving, failed");

    /// <summary>Whether somebody wants to know of calls: nothing is measured where nobody does.</summary>
    public static bool CountsCalls => Calls.Enabled;

    /// <summary>A call ended, where <see cref="CountsCalls"/>.</summary>
    public static void Called(string plugin, string role, string outcome, TimeSpan time)
    {
        Calls.Add(1, new("plugin", plugin), new("role", role), new("outcome", outcome));
        Durations.Record(time.TotalSeconds, new("plugin", plugin), new("role", role));
    }

    /// <summary>A role that is switched off was not called.</summary>
    public static void Skipped(string plugin, string role) => Calls.Add(1, new("plugin", plugin), new("role", role), new("outcome", "skipped"));

    /// <summary>A version was loaded, or could not be.</summary>
    public static void Loaded(string plugin, bool serves) => Loads.Add(1, new("plugin", plugin), new("outcome", serves ? "serving" : "failed"));
}
