using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>Tests of RFC 5228 section 5 that need no capability.</summary>
internal static class CoreTests
{
    public static void AddTo(VocabularyBuilder vocabulary) => vocabulary
        .Add(AllOf("allof", "RFC 5228 5.2"))
        .Add(AnyOf("anyof", "RFC 5228 5.3"))
        .Add(new Word("not", WordKind.Test, "True when its test is false.")
        {
            Reference = "RFC 5228 5.8",
            Tests = TestArity.One,
            CompileTest = static (word, context) => new NotNode(word.Span, context.Test(word.Tests[0])),
        })
        .Add(Constant("true", value: true, "Always true.", "RFC 5228 5.10"))
        .Add(Constant("false", value: false, "Never true.", "RFC 5228 5.6"))
        .Add(new Word("exists", WordKind.Test, "True when the message has all of the headers.")
        {
            Reference = "RFC 5228 5.5",
            Parameters = [new("header-names", ValueKind.TextList, ValueMeaning.HeaderName)],
            CompileTest = MimeExtension.Exists,
        })
        .Add(Size())
        .Add(new Word("header", WordKind.Test, "Matches the decoded values of headers.")
        {
            Reference = "RFC 5228 5.7",
            Parameters =
            [
                new("header-names", ValueKind.TextList, ValueMeaning.HeaderName),
                new("key-list", ValueKind.TextList, ValueMeaning.Key),
            ],
            TakesMatch = true,
            CompileTest = MimeExtension.Header,
        })
        .Add(new Word("address", WordKind.Test, "Matches the addresses in headers, without names and comments.")
        {
            Reference = "RFC 5228 5.1",
            Parameters =
            [
                new("header-list", ValueKind.TextList, ValueMeaning.AddressHeaderName),
                new("key-list", ValueKind.TextList, ValueMeaning.Key),
            ],
            TakesMatch = true,
            TakesAddressPart = true,
            CompileTest = MimeExtension.Address,
        });

    /// <summary>The row of allof, under any name.</summary>
    public static Word AllOf(string name, string reference) => new(name, WordKind.Test, "True when all of its tests are true.")
    {
        Reference = reference,
        Tests = TestArity.List,
        CompileTest = static (word, context) => new AllOfNode(word.Span, context.Tests(word.Tests)),
    };

    /// <summary>The row of anyof, under any name.</summary>
    public static Word AnyOf(string name, string reference) => new(name, WordKind.Test, "True when one of its tests is true.")
    {
        Reference = reference,
        Tests = TestArity.List,
        CompileTest = static (word, context) => new AnyOfNode(word.Span, context.Tests(word.Tests)),
    };

    /// <summary>The row of a test with one outcome.</summary>
    public static Word Constant(string name, bool value, string summary, string reference) => new(name, WordKind.Test, summary)
    {
        Reference = reference,
        CompileTest = (word, _) => new ConstantNode(word.Span, value),
    };

    private static Word Size() => new("size", WordKind.Test, "Compares the message's size in octets; equal is neither over nor under.")
    {
        Reference = "RFC 5228 5.9",
        Tags =
        [
            new("over", "larger than the limit") { Group = "size", Value = new("limit", ValueKind.Number) },
            new("under", "smaller than the limit") { Group = "size", Value = new("limit", ValueKind.Number) },
        ],
        RequiredGroups = ["size"],
        CompileTest = static (word, _) => new SizeNode(
            word.Span, word.Has("over"), ((BoundNumber)(word.ValueOf("over") ?? word.ValueOf("under"))!).Value),
    };
}
