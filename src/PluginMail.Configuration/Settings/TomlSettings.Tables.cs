using System.Security.Cryptography;
using System.Text;
using PluginMail.Configuration.Toml;

namespace PluginMail.Configuration.Settings;

/// <summary>What the readers of options ask of a table beyond <see cref="PluginMail.Abstractions.ISettings"/>.</summary>
public sealed partial class TomlSettings
{
    /// <summary>A table without keys, for where the file has none.</summary>
    internal static TomlSettings Empty(string name, SettingsReport report) => new(table: null, parent: null, name, report);

    /// <summary>The same table, as if nothing had been read, with a report of its own.</summary>
    internal TomlSettings Reopen() => new(_table, parent: null, _name, new SettingsReport(_report.File));

    /// <summary>Whether a key is there and a table.</summary>
    internal bool IsTable(string key) => _table is not null && _table.TryGet(key, out var entry) && entry.Value is TomlTable;

    /// <summary>
    /// A table below this one that reports elsewhere and whose keys are somebody else's to know: <see cref="ReportUnknownKeys"/> of this one
    /// leaves it out. An empty one where the key is missing or no table.
    /// </summary>
    internal TomlSettings Detach(string key, SettingsReport report) =>
        new(Find(key)?.Value as TomlTable, this, $"[{PathOf(key)}]", report);

    /// <summary>A digest of the table's keys and values, whatever its comments and formatting.</summary>
    internal string Fingerprint() =>
        _table is null ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(TomlLiteral.Content(_table))));

    /// <summary>The line on which a key or, without it, the table stands.</summary>
    internal int LineOf(string key) => Find(key)?.KeyPosition.Line ?? _table?.Position.Line ?? 0;

    /// <summary>Every key that was asked for, with its table's path; arrays of tables without index.</summary>
    internal IEnumerable<string> AskedKeys() =>
        _asked.Except(_children.Keys, StringComparer.Ordinal).Select(PathOf).Concat(_children.Values.SelectMany(static c => c).SelectMany(static c => c.AskedKeys()));
}
