using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Checking;

/// <summary>Warnings about keys that match other things than meant.</summary>
internal static class MatchLints
{
    /// <summary>* or ? in keys of a match type that takes them literally, where a pattern is the likely meaning.</summary>
    public static void LiteralWildcards(BoundScript script, DiagnosticBag diagnostics)
    {
        foreach (var (word, key) in Keys(script))
        {
            if (word.MatchType!.TakesWildcardsLiterally && LooksLikePattern(word, key.Value.Constant))
            {
                var tag = word.TagOfGroup(Matching.MatchTypeGroup)?.Syntax.Span;
                diagnostics.Add(
                    FilterCodes.LiteralWildcard, key.Syntax.Span,
                    $"`:{word.MatchType.Name}` takes * and ? as ordinary characters; `:matches` takes them as wildcards.",
                    tag is { } span
                        ? TextEdit.Replace(span, ":matches", "write `:matches`")
                        : TextEdit.Insert(word.Syntax.NameSpan.End, " :matches", "write `:matches`"));
            }
        }
    }

    /// <summary>A domain compared at its end, so that evilacme.example passes for acme.example.</summary>
    public static void LooseDomains(BoundScript script, DiagnosticBag diagnostics)
    {
        foreach (var (word, key) in Keys(script).Where(pair => pair.Word.AddressPart is { Name: "domain" }))
        {
            var text = key.Value.Constant;
            var isLoose = word.MatchType!.Name switch
            {
                "ends_with" => text.Length > 0 && text[0] != '.',
                "matches" => text.Length > 1 && text[0] == '*' && text[1] != '.' && !text.AsSpan(1).ContainsAny('*', '?'),
                _ => false,
            };
            if (isLoose)
            {
                var domain = text.TrimStart('*');
                diagnostics.Add(
                    FilterCodes.LooseDomain, key.Syntax.Span, $"This also matches other domains such as `evil{domain}`; `:within \"{domain}\"` matches the domain and those below it.");
            }
        }
    }

    private static IEnumerable<(BoundWord Word, BoundString Key)> Keys(BoundScript script)
    {
        foreach (var word in script.All().Where(word => word.Word.TakesMatch))
        {
            var index = word.Word.Parameters.Select((parameter, i) => (parameter, i)).First(pair => pair.parameter.Meaning == ValueMeaning.Key).i;
            foreach (var key in ((BoundStrings)word.Arguments[index]).Strings)
            {
                yield return (word, key);
            }
        }
    }

    /// <summary>A star at an end or beside a dot or @; a question mark only in addresses, for it ends sentences.</summary>
    private static bool LooksLikePattern(BoundWord word, string key)
    {
        var star = key.Length > 1 && (key.StartsWith('*') != key.EndsWith('*') || key.Contains(".*", StringComparison.Ordinal)
            || key.Contains("@*", StringComparison.Ordinal) || key.Contains("*@", StringComparison.Ordinal) || key.Contains("*.", StringComparison.Ordinal));
        var isSingle = key.Length > 2 && key[0] == '*' && key[^1] == '*' && !key.StartsWith("**", StringComparison.Ordinal);
        return star || isSingle || (word.AddressPart is not null && key.Contains('?', StringComparison.Ordinal));
    }
}
