using System.Diagnostics.CodeAnalysis;
using PluginMail.Configuration.Options;

namespace PluginMail.Configuration;

/// <summary>What became of a configuration file.</summary>
/// <param name="Options">The options; <see langword="null"/> where there are errors.</param>
/// <param name="Findings">Errors and warnings in the file's order.</param>
public sealed record ConfigurationResult(MailServerOptions? Options, IReadOnlyList<ConfigurationError> Findings)
{
    /// <summary>Whether the file can be used.</summary>
    [MemberNotNullWhen(true, nameof(Options))]
    public bool IsUsable => Options is not null;

    /// <summary>The findings for which the file is not used.</summary>
    public IEnumerable<ConfigurationError> Errors => Findings.Where(static f => f.Severity == ConfigurationSeverity.Error);

    /// <summary>The findings with which the file is used all the same.</summary>
    public IEnumerable<ConfigurationError> Warnings => Findings.Where(static f => f.Severity == ConfigurationSeverity.Warning);
}
