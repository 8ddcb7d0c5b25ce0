using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Dlp.Rules;

/// <summary>What becomes of a document whose file has gone.</summary>
internal enum RemovedFile
{
    /// <summary>Its fingerprints stay until it is unregistered.</summary>
    Keep,

    /// <summary>They go too.</summary>
    Forget,
}

/// <summary>Documents that belong together, and what becomes of mail with something of them.</summary>
/// <param name="Rule">Name, action, points.</param>
/// <param name="Paths">Files and folders that are watched; absolute.</param>
/// <param name="MinimumWords">So many words of a document are a finding.</param>
/// <param name="MinimumPercent">Or so much of a document.</param>
/// <param name="Removed">What becomes of a document whose file has gone.</param>
internal sealed record CollectionSettings(
    RuleSettings Rule, ImmutableArray<string> Paths, int MinimumWords, int MinimumPercent, RemovedFile Removed)
{
    // Of a document shorter than this a finding would be a phrase.
    private const int LeastWords = 12;

    /// <summary>Reads a collection's table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="otherwise">Where it leaves something out; null for the plugin's own table.</param>
    public static CollectionSettings Read(ISettings table, CollectionSettings? otherwise)
    {
        var rule = otherwise is null
            ? new RuleSettings("documents", table.GetEnum("action", RuleAction.Hold), 0)
            : RuleSettings.Read(table, "", otherwise.Rule.Action, mayIgnore: true);
        IReadOnlyList<string> paths = otherwise is null ? [] : table.GetStrings("paths", []);
        if (!paths.All(Path.IsPathFullyQualified))
        {
            table.Reject("paths", "absolute paths of files and folders");
        }

        return new CollectionSettings(
            rule,
            [.. paths.Select(path => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)))],
            (int)table.GetInteger("minimum_words", otherwise?.MinimumWords ?? 30, minimum: 10, maximum: 1_000_000),
            (int)table.GetInteger("minimum_percent", otherwise?.MinimumPercent ?? 60, minimum: 1, maximum: 100),
            table.GetEnum("removed", otherwise?.Removed ?? RemovedFile.Keep));
    }

    /// <summary>Whether so much of a document is a finding.</summary>
    public bool IsFinding(Fingerprints.DocumentMatch match) =>
        match.Words >= MinimumWords || (match.Percent >= MinimumPercent && match.Words >= LeastWords);
}
