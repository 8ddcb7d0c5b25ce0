using System.Collections.Frozen;
using System.Collections.Immutable;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>
/// The table of everything that a script can say. Immutable; the checker, the compiler, completion and the reference in
/// grammar/vocabulary.md read it. Extensions and plugins add rows through <see cref="VocabularyBuilder"/>.
/// </summary>
public sealed class FilterVocabulary
{
    private readonly FrozenDictionary<string, ImmutableArray<Word>> _words;
    private readonly FrozenDictionary<string, ImmutableArray<TagSignature>> _addedTags;
    private readonly FrozenDictionary<(string Name, bool IsTest), ImmutableArray<TagSignature>> _tags;
    private readonly FrozenDictionary<string, Capability> _capabilities;

    internal FilterVocabulary(VocabularyBuilder builder)
    {
        Words = [.. builder.Words];
        MatchTypes = [.. builder.MatchTypes];
        AddressParts = [.. builder.AddressParts];
        EnvelopeParts = [.. builder.EnvelopeParts];
        EnvironmentItems = [.. builder.EnvironmentItems];
        Comparators = [.. builder.Comparators];
        Capabilities = [.. builder.Capabilities];
        Interpretations = [.. builder.Interpretations];
        Namespaces = [.. builder.Namespaces];
        SetModifiers = [.. builder.SetModifiers];
        Refused = builder.Refused.ToFrozenDictionary();
        Unloaded = builder.Unloaded.ToFrozenDictionary();
        _words = Words.GroupBy(word => word.Name).ToFrozenDictionary(group => group.Key, group => group.ToImmutableArray());
        _addedTags = builder.AddedTags.GroupBy(tag => tag.Word)
            .ToFrozenDictionary(group => group.Key, group => group.Select(tag => tag.Tag).ToImmutableArray());
        _tags = Words.ToFrozenDictionary(word => (word.Name, word.Kind == WordKind.Test), word => ListTagsOf(word).ToImmutableArray());
        _capabilities = Capabilities.DistinctBy(capability => capability.Name).ToFrozenDictionary(capability => capability.Name);
    }

    /// <summary>The vocabulary of the server without plugins.</summary>
    public static FilterVocabulary Standard { get; } = CreateBuilder().Build();

    /// <summary>All commands and tests.</summary>
    public ImmutableArray<Word> Words { get; }

    /// <summary>All match types.</summary>
    public ImmutableArray<MatchType> MatchTypes { get; }

    /// <summary>All address parts.</summary>
    public ImmutableArray<AddressPart> AddressParts { get; }

    /// <summary>All envelope parts.</summary>
    public ImmutableArray<EnvelopePart> EnvelopeParts { get; }

    /// <summary>All items of the environment that scripts can name.</summary>
    public ImmutableArray<EnvironmentItem> EnvironmentItems { get; }

    /// <summary>All comparators.</summary>
    public ImmutableArray<Comparator> Comparators { get; }

    /// <summary>Everything that require accepts, as ManageSieve announces it.</summary>
    public ImmutableArray<Capability> Capabilities { get; }

    /// <summary>Capabilities that are refused, with the reason and what to use instead.</summary>
    public FrozenDictionary<string, string> Refused { get; }

    /// <summary>Words of plugins that are known and not loaded, with the plugin's name.</summary>
    public FrozenDictionary<string, string> Unloaded { get; }

    internal ImmutableArray<StringInterpretation> Interpretations { get; }

    internal ImmutableArray<VariableNamespace> Namespaces { get; }

    internal ImmutableArray<SetModifier> SetModifiers { get; }

    /// <summary>A builder that holds the standard rows; a plugin host adds its own and builds.</summary>
    public static VocabularyBuilder CreateBuilder()
    {
        var builder = new VocabularyBuilder();
        CoreControls.AddTo(builder);
        CoreActions.AddTo(builder);
        CoreTests.AddTo(builder);
        Matching.AddTo(builder);
        FileIntoExtension.AddTo(builder);
        EnvelopeExtension.AddTo(builder);
        EncodedCharacterExtension.AddTo(builder);
        CopyExtension.AddTo(builder);
        VariablesExtension.AddTo(builder);
        VacationExtension.AddTo(builder);
        RejectExtension.AddTo(builder);
        EditHeaderExtension.AddTo(builder);
        IncludeExtension.AddTo(builder);
        NotifyExtension.AddTo(builder);
        FccExtension.AddTo(builder);
        PartActionsExtension.AddTo(builder);
        RelationalExtension.AddTo(builder);
        SubaddressExtension.AddTo(builder);
        Imap4FlagsExtension.AddTo(builder);
        MailboxExtension.AddTo(builder);
        MetadataExtension.AddTo(builder);
        EnvironmentExtension.AddTo(builder);
        ImapSieveExtension.AddTo(builder);
        IHaveExtension.AddTo(builder);
        BodyExtension.AddTo(builder);
        DateExtension.AddTo(builder);
        SpamTestExtension.AddTo(builder);
        DuplicateExtension.AddTo(builder);
        ExternalListsExtension.AddTo(builder);
        RegexExtension.AddTo(builder);
        DebugExtension.AddTo(builder);
        PlainTests.AddTo(builder);
        PlainActions.AddTo(builder);
        MimeExtension.AddTo(builder); // after all modifiers of set, which extracttext takes too
        return builder;
    }

    /// <summary>The command or test of a name; some names are both.</summary>
    public Word? Find(string name, bool asTest)
    {
        foreach (var word in _words.GetValueOrDefault(name, []))
        {
            if ((word.Kind == WordKind.Test) == asTest)
            {
                return word;
            }
        }

        return null;
    }

    /// <summary>All tags that a word takes, those of match types, address parts and the comparator included.</summary>
    public ImmutableArray<TagSignature> TagsOf(Word word) => _tags[(word.Name, word.Kind == WordKind.Test)];

    /// <summary>The tag of a name that a word takes, or null.</summary>
    internal TagSignature? FindTag(Word word, string name)
    {
        foreach (var tag in TagsOf(word))
        {
            if (tag.Name == name)
            {
                return tag;
            }
        }

        return null;
    }

    /// <summary>The item of the environment of a name in lower case, or null.</summary>
    internal EnvironmentItem? FindEnvironmentItem(string name) => EnvironmentItems.FirstOrDefault(item => item.Name == name);

    /// <summary>The capability of a name, or null.</summary>
    public Capability? FindCapability(string name) => _capabilities.GetValueOrDefault(name);

    /// <summary>Whether a word takes tests, or null where it is unknown; the parser asks to tell a forgotten semicolon.</summary>
    internal bool? TakesTests(string name) =>
        _words.TryGetValue(name, out var words) ? words.Any(word => word.Tests != TestArity.None) : null;

    private IEnumerable<TagSignature> ListTagsOf(Word word)
    {
        foreach (var tag in word.Tags.Concat(_addedTags.GetValueOrDefault(word.Name, [])))
        {
            yield return tag;
        }

        if (word.TakesMatch)
        {
            foreach (var type in MatchTypes.Where(type => type.AddressPart is null || word.TakesAddressPart))
            {
                yield return new(type.Name, type.Summary) { Capability = type.Capability, Group = Matching.MatchTypeGroup, Value = type.Value };
            }

            yield return Matching.ComparatorTag;
            yield return Matching.CaseTag;
            yield return Matching.EveryTag;
        }

        if (word.TakesAddressPart)
        {
            foreach (var part in AddressParts.Where(part => part.Words.IsEmpty || part.Words.Contains(word.Name)))
            {
                yield return new(part.Name, part.Summary) { Capability = part.Capability, Group = Matching.AddressPartGroup };
            }
        }
    }
}
