using PluginMail.Configuration.Settings;

namespace PluginMail.Configuration.Options;

// Its twin is OnFault of PluginMail.Plugins, which this project does not refer to: the server casts one to the other, so names and order are the same.

/// <summary>What becomes of a message when a plugin fails or takes too long.</summary>
public enum FaultPolicy
{
    /// <summary>It goes on as if the plugin had said nothing.</summary>
    Pass,

    /// <summary>451: the sender tries again.</summary>
    Defer,

    /// <summary>550 5.7.1: the sender gets it back.</summary>
    Refuse,
}

/// <summary>Table <c>[plugins]</c>.</summary>
public sealed record PluginOptions
{
    /// <summary><c>order</c>: the plugins that run, in this order. Default none.</summary>
    public IReadOnlyList<PluginEntry> Order { get; init; } = [];

    /// <summary><c>stage_time</c>: the deadline of all plugins of one stage together, from 1 second to 10 minutes. Default <c>"120s"</c>.</summary>
    public TimeSpan StageTime { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>The names of plugins' tables that the order does not name.</summary>
    public IReadOnlyList<string> Unused { get; init; } = [];

    internal static PluginOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("plugins");
        var defaults = new PluginOptions();
        var names = table.GetStrings("order", []);
        var stageTime = table.GetDuration("stage_time", defaults.StageTime, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        var entries = new List<PluginEntry>();
        for (int i = 0; i < names.Count; i++)
        {
            if (!IsName(names[i]))
            {
                table.RejectItem("order", i, "a plugin's name: letters, digits, hyphens and underscores, and not \"order\" or \"stage_time\"");
            }
            else if (entries.Exists(e => e.Name == names[i]))
            {
                table.RejectItem("order", i, "each plugin once");
            }
            else
            {
                entries.Add(PluginEntry.Read(table, names[i], stageTime));
            }
        }

        List<string> unused = [.. table.Keys.Where(k => table.IsTable(k) && !names.Contains(k, StringComparer.Ordinal))];
        foreach (string name in unused)
        {
            string? meant = Spelling.Nearest(name, entries.Select(static e => e.Name));
            string suggestion = meant is null ? "" : $"; did you mean [plugins.{meant}]?";
            table.Note(name, $"[plugins.{name}] is not used: \"{name}\" is not in order of [plugins]{suggestion}", ConfigurationSeverity.Warning);
        }

        return new PluginOptions { Order = entries, StageTime = stageTime, Unused = unused };
    }

    // Its twin is PluginInstallation.IsName of PluginMail.Plugins, which this project does not refer to: what one allows the other must.
    // "order" and "stage_time" are keys of this table and no plugins' tables.
    private static bool IsName(string name) =>
        name.Length is > 0 and <= 64 && name is not ("order" or "stage_time") && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
