using System.Text;

namespace PluginMail.Filters.Vocabulary;

/// <summary>Writes the reference of a vocabulary as Markdown, from its rows alone.</summary>
public static class VocabularyDocument
{
    /// <summary>The whole document; lines end with LF.</summary>
    public static string Write(FilterVocabulary vocabulary)
    {
        var output = new StringBuilder();
        output.Append("# Vocabulary of the filter language\n\nMade from the vocabulary table; a test keeps it current. The grammar is in [sieve.abnf](sieve.abnf).\n");
        foreach (var (kind, title) in ((WordKind, string)[])[(WordKind.Control, "Controls"), (WordKind.Action, "Actions"), (WordKind.Test, "Tests")])
        {
            output.Append($"\n## {title}\n\n| usage | meaning | require | defined in |\n| --- | --- | --- | --- |\n");
            foreach (var word in vocabulary.Words.Where(word => word.Kind == kind).OrderBy(word => word.Name))
            {
                Row(output, Code(Usage(vocabulary, word)), word.Summary + Defaults(word), Require(word.Capability), word.Reference);
            }
        }

        Tags(output, vocabulary);
        Table(output, "Match types", vocabulary.MatchTypes.Select(type => (":" + type.Name, type.Summary, type.Capability, type.Reference)));
        Table(output, "Address parts", vocabulary.AddressParts.Select(part => (":" + part.Name, part.Summary, part.Capability, part.Reference)));
        Table(output, "Envelope parts", vocabulary.EnvelopeParts.Select(part => ($"\"{part.Name}\"", part.Summary, (string?)(part.Capability ?? "envelope"), "RFC 5228 5.4")));
        Table(output, "Environment items", vocabulary.EnvironmentItems.Select(item => ($"\"{item.Name}\"", item.Summary, (string?)(item.Capability ?? "environment"), item.Reference)));
        Table(output, "Comparators", vocabulary.Comparators.Select(comparator => (
            comparator.Name, comparator.HasSubstrings ? "whole values and parts of them" : "whole values only",
            IsOptional(vocabulary, comparator.Capability) ? null : comparator.Capability, comparator.Reference)));
        Table(output, "Capabilities", vocabulary.Capabilities.Select(capability => (capability.Name, capability.Summary, (string?)null, capability.Reference)), hasRequire: false);
        return output.ToString();
    }

    /// <summary>A word with its arguments as RFC 5228 section 1.1 writes them.</summary>
    public static string Usage(FilterVocabulary vocabulary, Word word)
    {
        var parts = new List<string> { word.Name };
        parts.AddRange(word.TakesMatch ? ["[COMPARATOR]", "[MATCH-TYPE]"] : []);
        parts.AddRange(word.TakesAddressPart ? ["[ADDRESS-PART]"] : []);
        foreach (var group in OwnTags(vocabulary, word).GroupBy(tag => tag.Group ?? tag.Name))
        {
            var choices = string.Join(" / ", group.Select(TagUsage));
            parts.Add(word.RequiredGroups.Contains(group.Key) ? $"<{choices}>" : $"[{choices}]");
        }

        parts.AddRange(word.Parameters.Select(parameter => parameter.IsOptional
            ? $"[<{parameter.Name}: {KindName(parameter.Kind)}>]"
            : $"<{parameter.Name}: {KindName(parameter.Kind)}>"));
        parts.AddRange(word.Tests switch { TestArity.One => ["<test>"], TestArity.List => ["<test-list>"], _ => (string[])[] });
        parts.AddRange(word.HasBlock ? ["<block>"] : []);
        return string.Join(' ', parts);
    }

    private static string Defaults(Word word) =>
        word.TakesMatch ? $" Without tags: {Code(":" + word.DefaultMatchType)} with {Code(word.DefaultComparator)}." : "";

    private static IEnumerable<TagSignature> OwnTags(FilterVocabulary vocabulary, Word word) => vocabulary.TagsOf(word)
        .Where(tag => tag.Group is not (Matching.MatchTypeGroup or Matching.AddressPartGroup or Matching.ComparatorGroup) && tag != Matching.EveryTag);

    private static string TagUsage(TagSignature tag) =>
        tag.Value is { } value ? $":{tag.Name} <{value.Name}: {KindName(value.Kind)}>" : $":{tag.Name}";

    private static string KindName(ValueKind kind) => kind switch { ValueKind.Number => "number", ValueKind.Text => "string", _ => "string-list" };

    private static void Tags(StringBuilder output, FilterVocabulary vocabulary)
    {
        output.Append("\n## Tags\n\n| tag | of | meaning | require |\n| --- | --- | --- | --- |\n");
        foreach (var word in vocabulary.Words.OrderBy(word => word.Name))
        {
            foreach (var tag in OwnTags(vocabulary, word))
            {
                Row(output, Code(TagUsage(tag)), Code(word.Name), tag.Summary, Require(tag.Capability));
            }
        }

        foreach (var tag in (TagSignature[])[Matching.ComparatorTag, Matching.CaseTag, Matching.EveryTag])
        {
            Row(output, Code(TagUsage(tag)), "all that match", tag.Summary, "");
        }
    }

    private static void Table(
        StringBuilder output, string title, IEnumerable<(string Name, string Summary, string? Capability, string Reference)> rows, bool hasRequire = true)
    {
        output.Append($"\n## {title}\n\n");
        output.Append(hasRequire ? "| name | meaning | require | defined in |\n| --- | --- | --- | --- |\n" : "| name | meaning | defined in |\n| --- | --- | --- |\n");
        foreach (var (name, summary, capability, reference) in rows)
        {
            Row(output, hasRequire ? [Code(name), summary, Require(capability), reference] : [Code(name), summary, reference]);
        }
    }

    private static bool IsOptional(FilterVocabulary vocabulary, string capability) =>
        vocabulary.Capabilities.First(known => known.Name == capability).IsOptional;

    private static string Require(string? capability) => capability is null ? "" : Code(capability);

    private static string Code(string text) => $"`{text}`";

    private static void Row(StringBuilder output, params ReadOnlySpan<string> cells)
    {
        output.Append('|');
        foreach (var cell in cells)
        {
            output.Append(' ').Append(cell.Replace("|", "\\|", StringComparison.Ordinal)).Append(" |");
        }

        output.Append('\n');
    }
}
