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

    internal List<Comparator> Comparators { get; } = [];

    internal List<Capability> Capabilities { get; } = [];

    internal List<StringInterpretation> Interpretations { get; } = [];

    internal Dictionary<string, string> Refused { get; } = [];

    internal Dictionary<string, string> PluginWords { get; } = [];

    /// <summary>A name that a plugin which is known and not loaded would define.</summary>
    /// <param name="word">The command or test.</param>
    /// <param name="plugin">The plugin's name.</param>
    public VocabularyBuilder AddUnloaded(string word, string plugin)
    {
        PluginWords[word.ToLowerInvariant()] = plugin;
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
