using System.Globalization;

namespace PluginMail.Configuration.Toml;

/// <summary>A place in a TOML document.</summary>
/// <param name="Line">The line, counted from 1.</param>
/// <param name="Column">The column, counted from 1 in Unicode code points.</param>
public readonly record struct TomlPosition(int Line, int Column)
{
    /// <summary><c>line:column</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Line}:{Column}");
}
