using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capability "relational" (RFC 5231): :value and :count; and i;ascii-numeric, which it asks for.</summary>
internal static class RelationalExtension
{
    private const string Name = "relational";

    private static Parameter Relation { get; } = new("relation", ValueKind.Text) { Allowed = ["gt", "ge", "lt", "le", "eq", "ne"] };

    public static void AddTo(VocabularyBuilder vocabulary)
    {
        vocabulary.Add(new Capability(Name, "the match types :value and :count", "RFC 5231")).Add(Comparator.AsciiNumeric);
        vocabulary.MatchTypes.AddRange(
        [
            new("value", "the order of the value and the key")
            {
                Capability = Name,
                Reference = "RFC 5231 4.1",
                Value = Relation,
                Compile = static (key, word) => new RelationKey(key, word.Comparator!, word.MatchArgument!.ToLowerInvariant()),
            },
            new("count", "the number of values")
            {
                Capability = Name,
                Reference = "RFC 5231 4.2",
                Value = Relation,
                Compile = static (key, word) => new RelationKey(key, word.Comparator!, word.MatchArgument!.ToLowerInvariant()),
                CompileTest = static (test, _) => new CountNode(
                    test.Word.Span, test.Readers, new(test.Word, test.Keys), test.Word.Comparator!, !test.Word.Word.CountsNoEmptyValues),
            },
        ]);
    }
}
