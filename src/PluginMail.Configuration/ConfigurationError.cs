using System.Globalization;
using PluginMail.Configuration.Toml;

namespace PluginMail.Configuration;

/// <summary>How bad a finding is.</summary>
public enum ConfigurationSeverity
{
    /// <summary>The configuration is not used.</summary>
    Error,

    /// <summary>The configuration is used; it probably does not say what was meant.</summary>
    Warning,
}

/// <summary>One finding in a configuration file.</summary>
/// <param name="File">The file as it was named.</param>
/// <param name="Position">Line and column; <see langword="null"/> where the whole file is meant.</param>
/// <param name="Message">What was found and what was expected, without file and position.</param>
/// <param name="SourceLine">The line of the file, without its line end; empty without position.</param>
/// <param name="Severity">Error or warning.</param>
public sealed record ConfigurationError(
    string File, TomlPosition? Position, string Message, string SourceLine, ConfigurationSeverity Severity = ConfigurationSeverity.Error)
{
    private const string Indentation = "    ";

    /// <summary><c>file:line:column: message</c>, the form that editors jump to; <c>warning:</c> before a warning's message.</summary>
    public string Headline
    {
        get
        {
            string place = Position is { } position ? string.Create(CultureInfo.InvariantCulture, $"{File}:{position}") : File;
            return $"{place}: {(Severity == ConfigurationSeverity.Warning ? "warning: " : "")}{Message}";
        }
    }

    /// <summary>The headline, then the line of the file with a caret under the column, where the line is short enough to show.</summary>
    public override string ToString()
    {
        if (Position is not { } position || string.IsNullOrWhiteSpace(SourceLine) || position.Column > SourceLine.Length + 1)
        {
            return Headline;
        }

        // Tabs stay tabs, so that the caret stands right whatever their width.
        var before = SourceLine.EnumerateRunes().Take(position.Column - 1).Select(static r => r.Value == '\t' ? '\t' : ' ');
        return $"{Headline}\n{Indentation}{SourceLine}\n{Indentation}{string.Concat(before)}^";
    }

    internal static ConfigurationError From(string file, TomlError error) => new(file, error.Position, error.Message, error.SourceLine);
}
