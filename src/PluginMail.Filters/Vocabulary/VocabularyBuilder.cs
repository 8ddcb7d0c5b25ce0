using PluginMail.Abstractions;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>Gathers the rows of a vocabulary.</summary>
public sealed class VocabularyBuilder
{
    internal VocabularyBuilder()
    {
    }

    internal List<Word> Words { get; } = [];

    internal List<(string Word, TagSignature Tag)> AddedTags { get; } = [];

    internal List<MatchType> MatchTypes { get; } = [];

    internal List<AddressPart> AddressParts { get; } = [];

    internal List<EnvelopePart> EnvelopeParts { get; } = [];

    internal List<EnvironmentItem> EnvironmentItems { get; } = [];

    internal List<Comparator> Comparators { get; } = [];

    internal List<Capability> Capabilities { get; } = [];

    internal List<StringInterpretation> Interpretations { get; } = [];

    internal List<VariableNamespace> Namespaces { get; } = [];

    internal List<SetModifier> SetModifiers { get; } = [];

    internal Dictionary<string, string> Refused { get; } = [];

    internal Dictionary<string, string> Unloaded { get; } = [];

    /// <summary>Adds the words of a plugin.</summary>
    /// <param name="plugin">The plugin's name.</param>
    /// <param name="vocabulary">Its words.</param>
    /// <returns>
    /// The names that were left out because the language or another plugin has them already. Not those that another plugin has in just the same
    /// form: two virus scanners may both bring <c>virus</c>.
    /// </returns>
    public IReadOnlyList<string> Add(string plugin, IFilterVocabulary vocabulary)
    {
        var refused = new List<string>();
        foreach (var word in vocabulary.Tests.Select(test => PluginWords.Of(plugin, test))
            .Concat(vocabulary.Actions.Select(action => PluginWords.Of(plugin, action))))
        {
            if (Words.Find(known => known.Name == word.Name) is { } known)
            {
                refused.AddRange(IsTwin(known, word) ? [] : [word.Name]);
                continue;
            }

            Words.Add(word);
            Unloaded.Remove(word.Name);
        }

        return refused;
    }

    private static bool IsTwin(Word one, Word other) => (one.Kind, one.Summary) == (other.Kind, other.Summary)
        && one.Parameters.SequenceEqual(other.Parameters) && one.Tags.SequenceEqual(other.Tags);

    /// <summary>A name that a plugin which is known and not loaded would define.</summary>
    /// <param name="word">The command or test.</param>
    /// <param name="plugin">The plugin's name.</param>
    public VocabularyBuilder AddUnloaded(string word, string plugin)
    {
        Unloaded[word.ToLowerInvariant()] = plugin;
        return this;
    }

    /// <summary>The table; adding to the builder afterwards does not change it.</summary>
    public FilterVocabulary Build() => new(this);

    internal VocabularyBuilder Add(Word word)
    {
        Words.Add(word);
        return this;
    }

    internal VocabularyBuilder Add(Capability capability)
    {
        Capabilities.Add(capability);
        return this;
    }

    internal VocabularyBuilder Add(Comparator comparator, bool isOptional = false)
    {
        Comparators.Add(comparator);
        return Add(new Capability(comparator.Capability, $"the comparator {comparator.Name}", comparator.Reference) { IsOptional = isOptional });
    }

    internal VocabularyBuilder Add(SetModifier modifier)
    {
        SetModifiers.Add(modifier);
        return AddTag("set", TagOf(modifier));
    }

    internal static TagSignature TagOf(SetModifier modifier) =>
        new(modifier.Name, modifier.Summary) { Capability = modifier.Capability, Group = $"modifier of precedence {modifier.Precedence}" };

    internal VocabularyBuilder AddTag(string word, TagSignature tag)
    {
        AddedTags.Add((word, tag));
        return this;
    }

    internal VocabularyBuilder Refuse(string capability, string message)
    {
        Refused[capability] = message;
        return this;
    }
}
