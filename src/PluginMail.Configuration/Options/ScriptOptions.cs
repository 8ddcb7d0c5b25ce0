using PluginMail.Configuration.Settings;

namespace PluginMail.Configuration.Options;

/// <summary>Table <c>[scripts]</c>: C# hook scripts, which run after the plugins.</summary>
public sealed record ScriptOptions
{
    private const string Extension = ".csx";

    /// <summary><c>order</c>: the scripts that run, in this order. Default none.</summary>
    public IReadOnlyList<ScriptEntry> Order { get; init; } = [];

    internal static ScriptOptions Read(OptionsReader reader, PluginOptions plugins)
    {
        var table = reader.Root.GetTable("scripts");
        var files = table.GetStrings("order", []);
        var entries = new List<ScriptEntry>();
        for (int i = 0; i < files.Count; i++)
        {
            if (Describe(reader, files[i], entries, plugins) is { } expected)
            {
                table.RejectItem("order", i, expected);
            }
            else
            {
                entries.Add(new ScriptEntry { Path = reader.Resolve(files[i]), Plugin = PluginEntry.Read(table, NameOf(files[i]), plugins.StageTime) });
            }
        }

        foreach (string name in table.Keys.Where(k => table.IsTable(k) && !entries.Exists(entry => entry.Plugin.Name == k)).ToList())
        {
            string? meant = Spelling.Nearest(name, entries.Select(static entry => entry.Plugin.Name));
            string suggestion = meant is null ? "" : $"; did you mean [scripts.{meant}]?";
            table.Note(name, $"[scripts.{name}] is not used: no script {name}{Extension} is in order of [scripts]{suggestion}", ConfigurationSeverity.Warning);
        }

        return new ScriptOptions { Order = entries };
    }

    /// <summary>What was expected instead; null where all is well.</summary>
    private static string? Describe(OptionsReader reader, string file, List<ScriptEntry> entries, PluginOptions plugins)
    {
        string name = NameOf(file);
        return !file.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) || file.Contains('\0', StringComparison.Ordinal) ? $"a script's file, as \"scripts/tag{Extension}\""
            : !IsName(name) ? "a file name of letters, digits, hyphens and underscores: it is the script's name too, and not \"order\""
            : entries.Exists(entry => IsSame(entry.Plugin.Name, name)) ? "scripts with different file names: each is known by its own"
            : plugins.Order.Any(plugin => IsSame(plugin.Name, name)) ? "a file name that is no plugin's name"
            : !File.Exists(reader.Resolve(file)) ? $"a file that exists ({reader.Resolve(file)} does not)"
            : null;
    }

    private static string NameOf(string file) => Path.GetFileNameWithoutExtension(file);

    private static bool IsSame(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 64 && name is not "order" && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
