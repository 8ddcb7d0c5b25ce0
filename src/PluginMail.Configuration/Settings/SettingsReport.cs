using PluginMail.Configuration.Toml;

namespace PluginMail.Configuration.Settings;

/// <summary>Gathers what is wrong with the tables of one file.</summary>
/// <param name="file">The file as findings name it.</param>
public sealed class SettingsReport(string file)
{
    private readonly List<ConfigurationError> _findings = [];
    private readonly HashSet<int> _reported = [];

    /// <summary>The file as findings name it.</summary>
    public string File { get; } = file;

    /// <summary>Everything found, in the file's order. At most <see cref="TomlLimits.Errors"/>.</summary>
    public IReadOnlyList<ConfigurationError> Findings =>
        [.. _findings.OrderBy(static f => f.Position?.Line ?? 0).ThenBy(static f => f.Position?.Column ?? 0)];

    /// <summary>Whether one of the findings is an error.</summary>
    public bool HasErrors => _findings.Exists(static f => f.Severity == ConfigurationSeverity.Error);

    internal bool IsFull => _findings.Count >= TomlLimits.Errors;

    /// <summary>Reports a value; one that is wrong twice over is told by what was seen first.</summary>
    internal void Add(TomlValue value, string message)
    {
        if (!IsFull && _reported.Add(value.Offset))
        {
            Add(value.Position, value.SourceLine, message);
        }
    }

    /// <summary>Reports what is wrong in another file that this one names.</summary>
    internal void Add(ConfigurationError finding)
    {
        if (!IsFull)
        {
            _findings.Add(finding);
        }
    }

    internal void Add(TomlPosition? position, string sourceLine, string message, ConfigurationSeverity severity = ConfigurationSeverity.Error)
    {
        if (!IsFull)
        {
            _findings.Add(new ConfigurationError(File, position, message, sourceLine, severity));
        }
    }
}
