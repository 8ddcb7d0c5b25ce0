using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PluginMail.Filters.Vocabulary;

/// <summary>
/// Writes a TextMate grammar from the rows of a vocabulary: comments, strings, numbers, tags, words and punctuation get the scopes
/// that editors' colour themes know.
/// </summary>
public static class EditorGrammar
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The grammar as JSON; lines end with LF.</summary>
    public static string Write(FilterVocabulary vocabulary)
    {
        var grammar = new JsonObject
        {
            ["name"] = "Sieve",
            ["scopeName"] = "source.sieve",
            ["fileTypes"] = new JsonArray("sieve", "svtest"),
            ["patterns"] = new JsonArray(
                Match("comment.line.number-sign.sieve", "#.*$"),
                Span("comment.block.sieve", @"/\*", @"\*/"),
                Span("string.unquoted.text.sieve", @"\btext:[ \t]*(#.*)?$", @"^\.$"),
                Span("string.quoted.double.sieve", "\"", "\"", Match("constant.character.escape.sieve", @"\\."), Match("variable.other.sieve", @"\$\{[^}""]*\}")),
                Match("constant.numeric.sieve", @"\b[0-9]+[KMGkmg]?\b"),
                Words("keyword.control.sieve", vocabulary, WordKind.Control),
                Words("support.function.action.sieve", vocabulary, WordKind.Action),
                Words("support.function.test.sieve", vocabulary, WordKind.Test),
                Match("entity.other.attribute-name.tag.sieve", @":[A-Za-z_][A-Za-z0-9_]*"),
                Match("variable.function.sieve", @"\b[A-Za-z_][A-Za-z0-9_]*\b"),
                Match("punctuation.sieve", @"[\[\](){},;]")),
        };
        return grammar.ToJsonString(Readable) + "\n";
    }

    private static JsonObject Match(string scope, string pattern) => new() { ["name"] = scope, ["match"] = pattern };

    private static JsonObject Span(string scope, string begin, string end, params JsonNode?[] inner)
    {
        var rule = new JsonObject { ["name"] = scope, ["begin"] = begin, ["end"] = end };
        if (inner.Length > 0)
        {
            rule["patterns"] = new JsonArray(inner);
        }

        return rule;
    }

    /// <summary>A word in its place only: a name after a colon is a tag.</summary>
    private static JsonObject Words(string scope, FilterVocabulary vocabulary, WordKind kind) => Match(
        scope,
        $@"(?i)(?<!:)\b({string.Join('|', vocabulary.Words.Where(word => word.Kind == kind).Select(word => word.Name).Distinct().Order(StringComparer.Ordinal))})\b");
}
