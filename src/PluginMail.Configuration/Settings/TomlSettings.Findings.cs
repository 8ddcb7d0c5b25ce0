using PluginMail.Configuration.Toml;

namespace PluginMail.Configuration.Settings;

/// <summary>What is wrong with a table, in words and with its place.</summary>
public sealed partial class TomlSettings
{
    /// <inheritdoc/>
    public void Reject(string key, string expected)
    {
        if (Find(key) is { } entry)
        {
            Wrong(entry, expected);
        }
        else
        {
            ReportTable($"{Named(key)} is missing; expected {expected}", ConfigurationSeverity.Error);
        }
    }

    /// <summary>Reports one value of what <see cref="GetStrings"/> gave, at its own position.</summary>
    /// <param name="key">The array's key.</param>
    /// <param name="index">The value's index from 0.</param>
    /// <param name="expected">What was expected.</param>
    public void RejectItem(string key, int index, string expected)
    {
        var items = (Find(key)?.Value as TomlArray)?.Items ?? [];
        var strings = items.Select(static (value, place) => (Value: value, Place: place + 1)).Where(static i => i.Value is TomlScalar { Value: string });
        if (strings.ElementAtOrDefault(index) is { Value: { } value } item)
        {
            ReportValue(value, $"value {item.Place} of {Named(key)} is {Shown(value)}; expected {expected}");
        }
        else
        {
            Reject(key, expected);
        }
    }

    /// <summary>Reports a value that is none of several words, with the one that was probably meant.</summary>
    internal void RejectChoice(string key, IReadOnlyList<string> names)
    {
        if (Find(key) is { } entry)
        {
            Wrong(entry, OneOf(names, entry.Value));
        }
        else
        {
            Reject(key, OneOf(names, found: null));
        }
    }

    /// <summary>
    /// Reports every key of this table, and of the tables that were read below it, that nobody asked for, with the key that was probably meant.
    /// </summary>
    public void ReportUnknownKeys()
    {
        foreach (var entry in _table?.Entries ?? [])
        {
            if (_report.IsFull)
            {
                return;
            }

            if (!_asked.Contains(entry.Key))
            {
                ReportUnknown(entry);
            }
        }

        foreach (var child in _children.Values.SelectMany(static c => c))
        {
            child.ReportUnknownKeys();
        }
    }

    /// <summary>Reports a setting that is right and whose feature this version does not have.</summary>
    internal void RejectUnsupported(string key, string? what = null, string expected = "the key to be left out")
    {
        if (Find(key) is { } entry)
        {
            ReportValue(entry.Value, $"{what ?? Named(key)} is not supported by this version; expected {expected}");
        }
    }

    /// <summary>Reports a whole table or key with a message of its own.</summary>
    internal void Note(string? key, string message, ConfigurationSeverity severity)
    {
        if (key is not null && Find(key) is { } entry)
        {
            _report.Add(entry.KeyPosition, entry.SourceLine, message, severity);
        }
        else
        {
            ReportTable(message, severity);
        }
    }

    private static string OneOf(IReadOnlyList<string> names, TomlValue? found)
    {
        string? meant = found is TomlScalar { Value: string text } ? Spelling.Nearest(text, names) : null;
        string list = string.Join(", ", names.Select(static n => $"\"{n}\""));
        return $"one of {list}{(meant is null ? "" : $"; did you mean \"{meant}\"?")}";
    }

    private static string Shown(TomlValue value)
    {
        if (value is not TomlScalar scalar)
        {
            return value.TypeName;
        }

        string text = scalar.Text.ReplaceLineEndings(" ");
        return text.Length > 60 ? value.TypeName : $"{text} ({value.TypeName})";
    }

    private TomlEntry? Find(string key)
    {
        _asked.Add(key);
        return _table is not null && _table.TryGet(key, out var entry) ? entry : null;
    }

    private T? Typed<T>(TomlEntry entry, string expected)
        where T : class
    {
        if (entry.Value is TomlScalar { Value: T value })
        {
            return value;
        }

        Wrong(entry, expected);
        return null;
    }

    private void Wrong(TomlEntry entry, string expected) => ReportValue(entry.Value, $"{Named(entry.Key)} is {Shown(entry.Value)}; expected {expected}");

    private void ReportValue(TomlValue value, string message) => _report.Add(value, message);

    private void ReportTable(string message, ConfigurationSeverity severity)
    {
        var nearest = this;
        while (nearest is { _table: null })
        {
            nearest = nearest._parent;
        }

        _report.Add(nearest?._table?.Position, nearest?._table?.SourceLine ?? "", message, severity);
    }

    private void ReportUnknown(TomlEntry entry)
    {
        string? meant = Spelling.Nearest(entry.Key, _asked);
        string suggestion = meant is null ? "" : $"; did you mean \"{meant}\"?";
        string kind = entry.Value is TomlTable or TomlArray { IsOfTables: true } ? "table" : "key";
        _report.Add(entry.KeyPosition, entry.SourceLine, $"unknown {kind} {Named(entry.Key)}{suggestion}");
    }

    /// <summary>A key and its table, as findings call them.</summary>
    internal string Named(string key) => _name.Length == 0 ? $"\"{TomlLiteral.Clip(key)}\"" : $"\"{TomlLiteral.Clip(key)}\" in {_name}";

    private string PathOf(string key)
    {
        string name = TomlLiteral.Key(key);
        return _name.Length == 0 ? name : $"{_name.Trim('[', ']')}.{name}";
    }
}
