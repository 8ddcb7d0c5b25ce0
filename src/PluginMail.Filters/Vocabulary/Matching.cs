using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>Match types, comparators and address parts (RFC 5228 2.7) and those of the plain words.</summary>
internal static class Matching
{
    public const string MatchTypeGroup = "match type";
    public const string AddressPartGroup = "address part";
    public const string ComparatorGroup = "comparator";
    private const string Plain = "plain words";

    public static TagSignature ComparatorTag { get; } = new("comparator", "compares with the named comparator")
    {
        Group = ComparatorGroup,
        Value = new("name", ValueKind.Text, ValueMeaning.Comparator),
    };

    public static TagSignature CaseTag { get; } = new("case", "upper and lower case differ") { Group = ComparatorGroup };

    public static TagSignature EveryTag { get; } = new("every", "every value must match, and there must be one") { Group = "quantifier" };

    public static void AddTo(VocabularyBuilder vocabulary)
    {
        vocabulary
            .Add(Comparator.Octet, isOptional: true)
            .Add(Comparator.AsciiCasemap, isOptional: true)
            .Add(Comparator.UnicodeCasemap);
        vocabulary.MatchTypes.AddRange(
        [
            new("is", "the whole value") { TakesWildcardsLiterally = true, Compile = static (key, _) => new EqualKey(key) },
            new("contains", "a part of the value") { NeedsSubstring = true, TakesWildcardsLiterally = true, Compile = static (key, _) => new ContainsKey(key) },
            new("matches", "the whole value against a pattern: * any text, ? one character") { NeedsSubstring = true, Captures = true, Compile = static (key, word) => new GlobKey(key, word.Comparator!.CharactersAreUtf8) },
            new("strict", "the whole value, * and ? being ordinary characters") { Reference = Plain, TakesWildcardsLiterally = true, Compile = static (key, _) => new EqualKey(key) },
            new("starts_with", "the beginning of the value") { Reference = Plain, NeedsSubstring = true, TakesWildcardsLiterally = true, Compile = static (key, _) => new PrefixKey(key) },
            new("ends_with", "the end of the value") { Reference = Plain, NeedsSubstring = true, TakesWildcardsLiterally = true, Compile = static (key, _) => new SuffixKey(key) },
            new("within", "the domain or one below it") { Reference = Plain, NeedsSubstring = true, TakesWildcardsLiterally = true, AddressPart = "domain", Compile = static (key, _) => new WithinKey(key) },
        ]);
        vocabulary.AddressParts.AddRange(
        [
            new("all", "the whole address") { HasDomain = true, Extract = static address => address.Whole },
            new("localpart", "what stands before the @") { Extract = static address => address.Localpart },
            new("domain", "what stands after the @") { HasDomain = true, Extract = static address => address.Domain },
            new("name", "the display name") { Reference = Plain, Words = ["sender", "recipient"], Extract = static address => address.DisplayName },
        ]);
    }
}
