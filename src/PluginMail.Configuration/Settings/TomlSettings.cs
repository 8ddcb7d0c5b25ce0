using System.Globalization;
using PluginMail.Abstractions;
using PluginMail.Configuration.Toml;

namespace PluginMail.Configuration.Settings;

/// <summary>
/// A table of mail.toml, read key by key. Wrong types and impossible values go to the report and read as the default, so that one pass finds
/// everything; a key that nobody asked for is unknown (<see cref="ReportUnknownKeys"/>). Not for several threads at once.
/// </summary>
public sealed partial class TomlSettings : ISettings
{
    private readonly TomlTable? _table;
    private readonly TomlSettings? _parent;
    private readonly string _name;
    private readonly SettingsReport _report;
    private readonly Dictionary<string, List<TomlSettings>> _children = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>Reads a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="report">Takes what is wrong.</param>
    public TomlSettings(TomlTable table, SettingsReport report)
        : this(table, parent: null, table.Path.Length == 0 ? "" : $"[{table.Path}]", report)
    {
    }

    private TomlSettings(TomlTable? table, TomlSettings? parent, string name, SettingsReport report)
    {
        _table = table;
        _parent = parent;
        _name = name;
        _report = report;
    }

    /// <summary>What is wrong so far, in this table and in all others of the same report.</summary>
    public IReadOnlyList<ConfigurationError> Findings => _report.Findings;

    /// <summary>The report that this table writes to.</summary>
    public SettingsReport Report => _report;

    /// <summary>The keys that the table has, in the file's order.</summary>
    public IEnumerable<string> Keys => _table?.Entries.Select(static e => e.Key) ?? [];

    /// <inheritdoc/>
    public bool Contains(string key) => Find(key) is not null;

    /// <inheritdoc/>
    public string GetString(string key, string defaultValue) =>
        Find(key) is not { } entry || Typed<string>(entry, "a string") is not { } value ? defaultValue : value;

    /// <inheritdoc/>
    public bool GetBoolean(string key, bool defaultValue)
    {
        if (Find(key) is not { } entry)
        {
            return defaultValue;
        }

        if (entry.Value is TomlScalar { Value: bool value })
        {
            return value;
        }

        Wrong(entry, "true or false");
        return defaultValue;
    }

    /// <inheritdoc/>
    public long GetInteger(string key, long defaultValue, long minimum = long.MinValue, long maximum = long.MaxValue)
    {
        if (Find(key) is not { } entry)
        {
            return defaultValue;
        }

        if (entry.Value is TomlScalar { Value: long value } && value >= minimum && value <= maximum)
        {
            return value;
        }

        Wrong(entry, "an integer" + SettingBounds.Range(
            minimum == long.MinValue ? null : minimum.ToString(CultureInfo.InvariantCulture),
            maximum == long.MaxValue ? null : maximum.ToString(CultureInfo.InvariantCulture)));
        return defaultValue;
    }

    /// <inheritdoc/>
    public double GetNumber(string key, double defaultValue, double minimum = double.MinValue, double maximum = double.MaxValue)
    {
        if (Find(key) is not { } entry)
        {
            return defaultValue;
        }

        double? value = entry.Value is TomlScalar scalar ? scalar.Value as double? ?? (scalar.Value is long integer ? integer : null) : null;
        if (value >= minimum && value <= maximum)
        {
            return value.Value;
        }

        Wrong(entry, "a number" + SettingBounds.Range(
            minimum <= double.MinValue ? null : minimum.ToString(CultureInfo.InvariantCulture),
            maximum >= double.MaxValue ? null : maximum.ToString(CultureInfo.InvariantCulture)));
        return defaultValue;
    }

    /// <inheritdoc/>
    public TimeSpan GetDuration(string key, TimeSpan defaultValue) => GetDuration(key, defaultValue, TimeSpan.Zero, TimeSpan.MaxValue);

    /// <inheritdoc/>
    public TimeSpan GetDuration(string key, TimeSpan defaultValue, TimeSpan minimum, TimeSpan maximum)
    {
        if (Find(key) is not { } entry)
        {
            return defaultValue;
        }

        var scalar = entry.Value as TomlScalar;
        TimeSpan value = default;
        bool hasForm = scalar?.Value switch
        {
            string text => Quantities.TryDuration(text, out value),
            long seconds => Quantities.TrySeconds(seconds, out value),
            _ => false,
        };
        if (hasForm && value >= minimum && value <= maximum)
        {
            return value;
        }

        Wrong(entry, hasForm
            ? SettingBounds.OfDuration(minimum, maximum)
            : Quantities.DurationForm);
        return defaultValue;
    }

    /// <inheritdoc/>
    public long GetSize(string key, long defaultValue) => GetSize(key, defaultValue, 0, long.MaxValue);

    /// <inheritdoc/>
    public long GetSize(string key, long defaultValue, long minimum, long maximum)
    {
        if (Find(key) is not { } entry)
        {
            return defaultValue;
        }

        var scalar = entry.Value as TomlScalar;
        long value = scalar?.Value as long? ?? -1;
        bool hasForm = value >= 0 || (scalar?.Value is string text && Quantities.TrySize(text, out value));
        if (hasForm && value >= minimum && value <= maximum)
        {
            return value;
        }

        Wrong(entry, hasForm
            ? SettingBounds.OfSize(minimum, maximum)
            : Quantities.SizeForm);
        return defaultValue;
    }

    /// <inheritdoc/>
    public TEnum GetEnum<TEnum>(string key, TEnum defaultValue)
        where TEnum : struct, Enum
    {
        if (Find(key) is not { } entry)
        {
            return defaultValue;
        }

        if (entry.Value is TomlScalar { Value: string text } && EnumNames.TryRead<TEnum>(text, out var value))
        {
            return value;
        }

        Wrong(entry, OneOf(EnumNames.All<TEnum>(), entry.Value));
        return defaultValue;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> GetStrings(string key, IReadOnlyList<string> defaultValue)
    {
        if (Find(key) is not { } entry)
        {
            return defaultValue;
        }

        if (entry.Value is not TomlArray { IsOfTables: false } array)
        {
            Wrong(entry, "an array of strings");
            return defaultValue;
        }

        var values = new List<string>(array.Items.Count);
        for (int i = 0; i < array.Items.Count; i++)
        {
            if (array.Items[i] is TomlScalar { Value: string text })
            {
                values.Add(text);
            }
            else
            {
                ReportValue(array.Items[i], $"value {i + 1} of {Named(key)} is {Shown(array.Items[i])}; expected a string");
            }
        }

        return values;
    }

    /// <summary>Reads a table.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The table; an empty one where it is missing.</returns>
    public TomlSettings GetTable(string key)
    {
        if (_children.TryGetValue(key, out var known) && known is [var only])
        {
            return only;
        }

        var entry = Find(key);
        var table = entry?.Value as TomlTable;
        if (entry is not null && table is null)
        {
            Wrong(entry, "a table");
        }

        var child = new TomlSettings(table, this, $"[{PathOf(key)}]", _report);
        _children[key] = [child];
        return child;
    }

    /// <inheritdoc/>
    ISettings ISettings.GetTable(string key) => GetTable(key);

    /// <summary>Reads an array of tables.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The tables; none where it is missing.</returns>
    public IReadOnlyList<TomlSettings> GetTables(string key)
    {
        if (_children.TryGetValue(key, out var known))
        {
            return known;
        }

        var children = new List<TomlSettings>();
        if (Find(key) is { } entry)
        {
            if (entry.Value is TomlArray array)
            {
                foreach (var item in array.Items)
                {
                    if (item is TomlTable table)
                    {
                        children.Add(new TomlSettings(table, this, $"[[{PathOf(key)}]]", _report));
                    }
                    else
                    {
                        ReportValue(item, $"{Named(key)} holds {Shown(item)}; expected tables only");
                    }
                }
            }
            else
            {
                Wrong(entry, $"an array of tables: [[{PathOf(key)}]]");
            }
        }

        _children[key] = children;
        return children;
    }

    /// <inheritdoc/>
    IReadOnlyList<ISettings> ISettings.GetTables(string key) => GetTables(key);
}
