using System.Globalization;
using System.Text;

namespace PluginMail.Configuration.Toml;

/// <summary>Writes keys and values as TOML.</summary>
public static class TomlLiteral
{
    /// <summary>A key part: bare where it can be, otherwise in quotes.</summary>
    public static string Key(string name) =>
        name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? name : String(name);

    /// <summary>A basic string.</summary>
    public static string String(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (var rune in value.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' or 0x7F => text.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}"),
                _ => text.Append(rune.ToString()),
            };
        }

        return text.Append('"').ToString();
    }

    /// <summary>A string, boolean, integer, floating-point number, <see cref="TomlDateTime"/>, or a sequence of them as an array.</summary>
    /// <exception cref="ArgumentException">TOML has no such type.</exception>
    public static string Value(object value) => value switch
    {
        string text => String(text),
        bool flag => flag ? "true" : "false",
        int or long or short or byte => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        double number => Number(number),
        TomlDateTime time => time.ToString(),
        System.Collections.IEnumerable items => $"[{string.Join(", ", items.Cast<object>().Select(Value))}]",
        _ => throw new ArgumentException($"TOML has no value for {value.GetType()}.", nameof(value)),
    };

    /// <summary>A value on one line, tables with their keys sorted: equal for values that mean the same.</summary>
    internal static string Content(TomlValue value) => value switch
    {
        TomlScalar scalar => Value(scalar.Value),
        TomlArray array => $"[{string.Join(", ", array.Items.Select(Content))}]",
        TomlTable table => $"{{{string.Join(", ", table.Entries.OrderBy(static e => e.Key, StringComparer.Ordinal).Select(static e => $"{Key(e.Key)} = {Content(e.Value)}"))}}}",
        _ => "",
    };

    /// <summary>A name short enough for a message.</summary>
    internal static string Clip(string name) => name.Length <= 80 ? name : name[..79] + "…";

    private static string Number(double number)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }

        string text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('.', StringComparison.Ordinal) || text.Contains('E', StringComparison.Ordinal) ? text : text + ".0";
    }
}
