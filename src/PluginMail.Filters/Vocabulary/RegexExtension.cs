using System.Buffers;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capability "regex" (draft-murchison-sieve-regex): :regex, and :quoteregex of set where there are variables.</summary>
internal static class RegexExtension
{
    private const string Name = "regex";
    private const string Reference = "draft-murchison-sieve-regex";
    private static readonly SearchValues<byte> Special = SearchValues.Create(".[]\\()*+?{}|^$"u8);

    public static void AddTo(VocabularyBuilder vocabulary)
    {
        vocabulary
            .Add(new Capability(Name, "the match type :regex", Reference))
            .Add(new SetModifier("quoteregex", "what is special in regular expressions with a backslash before each", 20)
            {
                Capability = Name,
                Apply = static value => VariablesExtension.Quote(value, Special),
            });
        vocabulary.MatchTypes.Add(new(Name, "the value holds a match of a POSIX extended regular expression")
        {
            Capability = Name,
            Reference = Reference,
            NeedsSubstring = true,
            TakesKeyAsWritten = true,
            Captures = true,
            KeyCost = 5000,
            FaultOfKey = static (key, word) => FaultOf(key, word.Comparator!),
            Compile = static (key, word) => PosixRegex.Parse(key, word.Comparator!, out _) is { } pattern ? new RegexKey(key, pattern, word.Comparator!) : null,
        });
    }

    private static string? FaultOf(ReadOnlyMemory<byte> key, Comparator comparator)
    {
        if (PosixRegex.Parse(key.Span, comparator, out var fault) is not { } pattern)
        {
            return fault;
        }

        try
        {
            RegexKey.Make(pattern);
            return null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return "This regular expression is too large.";
        }
    }
}
