using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace PluginMail.Configuration.Toml;

/// <summary>A value with its place in the document.</summary>
public abstract class TomlValue
{
    private readonly TomlSource _source;

    private protected TomlValue(TomlSource source, int offset)
    {
        _source = source;
        Offset = offset;
    }

    /// <summary>Where the value is written; a table's header or first key.</summary>
    public TomlPosition Position => _source.PositionAt(Offset);

    /// <summary>The line in which the value begins, without its line end.</summary>
    public string SourceLine => _source.LineAt(Offset);

    /// <summary>The type in words, with article: <c>a string</c>.</summary>
    public abstract string TypeName { get; }

    internal int Offset { get; }

    internal TomlSource Source => _source;
}

/// <summary>A string, number, boolean or date.</summary>
public sealed class TomlScalar : TomlValue
{
    internal TomlScalar(TomlSource source, int offset, object value, string text)
        : base(source, offset)
    {
        Value = value;
        Text = text;
    }

    /// <summary>A <see cref="string"/>, <see cref="long"/>, <see cref="double"/>, <see cref="bool"/> or <see cref="TomlDateTime"/>.</summary>
    public object Value { get; }

    /// <summary>The value as it is written in the document.</summary>
    public string Text { get; }

    /// <inheritdoc/>
    public override string TypeName => Value switch
    {
        string => "a string",
        long => "an integer",
        double => "a floating-point number",
        bool => "a boolean",
        TomlDateTime { Kind: TomlDateTimeKind.LocalDate } => "a date",
        TomlDateTime { Kind: TomlDateTimeKind.LocalTime } => "a time",
        _ => "a date and time",
    };

    /// <inheritdoc/>
    public override string ToString() => Convert.ToString(Value, CultureInfo.InvariantCulture) ?? "";
}

/// <summary>An array; <c>[[name]]</c> makes one of tables.</summary>
public sealed class TomlArray : TomlValue
{
    private readonly List<TomlValue> _items = [];

    internal TomlArray(TomlSource source, int offset, bool isOfTables)
        : base(source, offset) => IsOfTables = isOfTables;

    /// <summary>The values in order.</summary>
    public IReadOnlyList<TomlValue> Items => _items;

    /// <summary>Whether it is written as <c>[[name]]</c> headers.</summary>
    public bool IsOfTables { get; }

    /// <inheritdoc/>
    public override string TypeName => IsOfTables ? "an array of tables" : "an array";

    internal void Add(TomlValue item) => _items.Add(item);
}

/// <summary>A key of a table with its value.</summary>
public sealed class TomlEntry
{
    private readonly TomlSource _source;

    internal TomlEntry(TomlSource source, string key, int keyOffset, TomlValue value)
    {
        _source = source;
        KeyOffset = keyOffset;
        Key = key;
        Value = value;
    }

    /// <summary>The key with quotes and escapes resolved.</summary>
    public string Key { get; }

    /// <summary>Where the key is written.</summary>
    public TomlPosition KeyPosition => _source.PositionAt(KeyOffset);

    /// <summary>The line in which the key is written, without its line end.</summary>
    public string SourceLine => _source.LineAt(KeyOffset);

    /// <summary>The value.</summary>
    public TomlValue Value { get; }

    internal int KeyOffset { get; }
}

/// <summary>How a table came to be, which decides what may still be added to it.</summary>
internal enum TomlTableOrigin
{
    /// <summary>Named only as the parent of another header.</summary>
    Implicit,

    /// <summary>The document itself, or a header of its own.</summary>
    Header,

    /// <summary>Made by a dotted key.</summary>
    Dotted,

    /// <summary>Written with braces: nothing can be added.</summary>
    Inline,
}

/// <summary>A table: keys in the order in which they are written.</summary>
public sealed class TomlTable : TomlValue
{
    private readonly Dictionary<string, TomlEntry> _entries = new(StringComparer.Ordinal);
    private readonly List<TomlEntry> _ordered = [];

    private readonly TomlTable? _parent;
    private readonly string _name;

    internal TomlTable(TomlSource source, int offset, TomlTable? parent, string name, TomlTableOrigin origin)
        : base(source, offset)
    {
        _parent = parent;
        _name = name;
        Origin = origin;
    }

    /// <summary>The dotted name from the document's root, without indexes of arrays; empty for the root.</summary>
    public string Path => _parent switch
    {
        null => "",
        { _parent: null } => TomlLiteral.Key(_name),
        _ => $"{_parent.Path}.{TomlLiteral.Key(_name)}",
    };

    /// <summary>The entries in order.</summary>
    public IReadOnlyList<TomlEntry> Entries => _ordered;

    /// <inheritdoc/>
    public override string TypeName => "a table";

    internal TomlTableOrigin Origin { get; set; }

    /// <summary>Finds an entry by its key.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out TomlEntry? entry) => _entries.TryGetValue(key, out entry);

    internal void Add(TomlEntry entry)
    {
        _entries.Add(entry.Key, entry);
        _ordered.Add(entry);
    }
}
