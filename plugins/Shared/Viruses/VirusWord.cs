using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Viruses;

/// <summary>
/// The test <c>virus</c> of filters: whether a virus was found, or one of a name: <c>virus</c>, <c>virus :is "Eicar-Signature"</c>,
/// <c>virus :contains ["Phishing", "Heuristics"]</c>. Case does not count.
/// </summary>
internal sealed class VirusWord : IFilterVocabulary
{
    private const string Is = ":is";
    private const string Contains = ":contains";

    /// <inheritdoc/>
    public ImmutableArray<FilterTest> Tests { get; } =
    [
        new(
            "virus",
            "True where a scanner found a virus, or one whose name matches.",
            [
                new(Is, FilterArgumentType.TextList, IsRequired: false, "names, one of which it has"),
                new(Contains, FilterArgumentType.TextList, IsRequired: false, "texts, one of which is in its name"),
            ],
            IsPure: true,
            static (message, arguments, _) => new(Matches(message.Tags, arguments))),
    ];

    /// <inheritdoc/>
    public ImmutableArray<FilterAction> Actions => [];

    private static bool Matches(ImmutableHashSet<string> tags, FilterArguments arguments)
    {
        if (!tags.Contains(VirusTags.Infected))
        {
            return false;
        }

        string[] names = [.. tags.Where(static tag => tag.StartsWith(VirusTags.NamePrefix, StringComparison.Ordinal))
            .Select(static tag => tag[VirusTags.NamePrefix.Length..])];
        return Any(arguments, Is, key => names.Contains(key, StringComparer.OrdinalIgnoreCase))
            && Any(arguments, Contains, key => names.Any(name => name.Contains(key, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Whether one of an argument's texts matches; an argument that is not there asks for nothing.</summary>
    private static bool Any(FilterArguments arguments, string parameter, Func<string, bool> matches) =>
        !arguments.Texts.TryGetValue(parameter, out var keys) || keys.Any(matches);
}
