using System.Collections.Immutable;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capability "body" (RFC 5173). :text is :content "text".</summary>
internal static class BodyExtension
{
    public static void AddTo(VocabularyBuilder vocabulary) => vocabulary
        .Add(new Capability("body", "the test body", "RFC 5173"))
        .Add(new Word("body", WordKind.Test, "Matches the text of the message; without a tag for what, its decoded text parts.")
        {
            Reference = "RFC 5173 4",
            Capability = "body",
            Tags =
            [
                new("raw", "the body as it stands, nothing decoded") { Group = "body transform" },
                new("content", "the parts of these types, decoded") { Group = "body transform", Value = new("content-types", ValueKind.TextList) },
                new("text", "the text parts, decoded") { Group = "body transform" },
            ],
            Parameters = [new("key-list", ValueKind.TextList, ValueMeaning.Key)],
            TakesMatch = true,
            SetsNoMatchVariables = true,
            CompileTest = static (word, context) => context.Match(word, word.TextsAt(0), Readers(word, context)),
        });

    private static ImmutableArray<ValueReader> Readers(BoundWord word, CompileContext context)
    {
        var types = word.TextsOf("content");
        return word.Has("raw") ? [context.Reader(new RawBodySource())]
            : !word.Has("content") ? [context.Reader(new BodyContentSource("text"))]
            : types.All(type => type.IsConstant) ? [context.Reader(Source(types.Select(type => type.Constant)))]
            : [new RunReader(run => run.Input.Read(Source(types.Select(type => type.Text(run)))))];
    }

    /// <summary>A type with a slash at an end, or with two, matches nothing.</summary>
    private static BodyContentSource Source(IEnumerable<string> types)
    {
        var valid = types.Select(type => type.ToLowerInvariant())
            .Where(type => type.Length == 0 || (type[0] != '/' && type[^1] != '/' && type.Count(character => character == '/') <= 1 && !type.Contains('\n', StringComparison.Ordinal)))
            .Distinct().Order(StringComparer.Ordinal).ToList();
        return new(valid.Count == 0 ? "/" : string.Join('\n', valid));
    }
}
