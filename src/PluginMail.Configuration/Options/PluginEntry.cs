using PluginMail.Configuration.Settings;

namespace PluginMail.Configuration.Options;

/// <summary>One plugin of <c>order</c>, with the keys that every table <c>[plugins.NAME]</c> may have.</summary>
public sealed record PluginEntry
{
    private const int MostCalls = 100_000;
    private TomlSettings? _settings;

    /// <summary>The plugin's name: its folder, and its table in mail.toml.</summary>
    public required string Name { get; init; }

    /// <summary><c>on_fault</c>: <c>"pass"</c>, <c>"defer"</c> or <c>"refuse"</c>. Default <c>"defer"</c>.</summary>
    public FaultPolicy OnFault { get; init; } = FaultPolicy.Defer;

    /// <summary><c>time_limit</c>: of one call, waiting for its turn included, from 1 millisecond to 10 minutes. Default <c>"60s"</c>.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary><c>concurrency</c>: calls under way at once, others wait; at least 1. Default 64.</summary>
    public int Concurrency { get; init; } = 64;

    /// <summary><c>fault_limit</c>: as many faults in a row switch a role of the plugin off; 0 is never. Default 20.</summary>
    public int FaultLimit { get; init; } = 20;

    /// <summary><c>fault_pause</c>: how long such a role is not called, at first; doubled at each vain try up to 10 minutes. From 1 second to 10 minutes. Default <c>"10s"</c>.</summary>
    public TimeSpan FaultPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Changes when the content of the plugin's table does, not when comments or formatting do. Only to be compared with other fingerprints.
    /// </summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>
    /// The plugin's table for a plugin to read, with a report of its own. When the plugin has started, call
    /// <see cref="TomlSettings.ReportUnknownKeys"/> and look at <see cref="TomlSettings.Findings"/>. Each call gives a fresh reader; calls may run side by side.
    /// </summary>
    public TomlSettings OpenSettings()
    {
        var settings = _settings?.Reopen() ?? TomlSettings.Empty($"[plugins.{Name}]", new SettingsReport(""));
        ReadHostKeys(settings, Name);
        return settings;
    }

    /// <param name="plugins">The table that the plugin's table is in.</param>
    /// <param name="name">The plugin.</param>
    /// <param name="stageTime">The longest that a message check is waited for, whatever its limit.</param>
    internal static PluginEntry Read(TomlSettings plugins, string name, TimeSpan stageTime)
    {
        if (plugins.Contains(name) && !plugins.IsTable(name))
        {
            plugins.Reject(name, "a table");
        }

        var settings = plugins.Detach(name, plugins.Report);
        var entry = ReadHostKeys(settings, name) with { Fingerprint = settings.Fingerprint() };
        entry._settings = settings;
        if (settings.Contains("time_limit") && entry.TimeLimit > stageTime)
        {
            settings.Note("time_limit", $"{settings.Named("time_limit")} is above stage_time of [plugins]: no message check is waited for longer than that", ConfigurationSeverity.Warning);
        }

        return entry;
    }

    private static PluginEntry ReadHostKeys(TomlSettings table, string name)
    {
        var defaults = new PluginEntry { Name = name };
        return new PluginEntry
        {
            Name = name,
            OnFault = table.GetEnum("on_fault", defaults.OnFault),
            TimeLimit = table.GetDuration("time_limit", defaults.TimeLimit, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10)),
            Concurrency = (int)table.GetInteger("concurrency", defaults.Concurrency, 1, MostCalls),
            FaultLimit = (int)table.GetInteger("fault_limit", defaults.FaultLimit, 0, MostCalls),
            FaultPause = table.GetDuration("fault_pause", defaults.FaultPause, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
        };
    }
}
