using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>An item that the test environment knows (RFC 5183 section 4.1).</summary>
/// <param name="Name">Its name in lower case.</param>
/// <param name="Summary">What it is.</param>
public sealed record EnvironmentItem(string Name, string Summary)
{
    /// <summary>The capability that must be required beside environment, or null.</summary>
    public string? Capability { get; init; }

    /// <summary>Where it is defined.</summary>
    public string Reference { get; init; } = "RFC 5183 4.1";

    /// <summary>Its value where the host gives none; null: then it matches nothing.</summary>
    internal Func<FilterRun, string?> Value { get; init; } = static _ => null;
}
