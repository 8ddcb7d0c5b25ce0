using PluginMail.Filters.Evaluation;
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

    /// <summary>header :is "from" with an address as key: it fails as soon as a name stands beside the address.</summary>
    public static void AddressThroughHeader(BoundScript script, DiagnosticBag diagnostics)
    {
        foreach (var (word, key) in Keys(script).Where(pair => pair.Word is { Word.Name: "header", MatchType.Name: "is" or "strict" }))
        {
            var names = word.TextsAt(0);
            if (names.All(name => HeaderNames.HoldsNamedAddresses(name.Constant)) && IsPlainAddress(key.Value.Constant))
            {
                diagnostics.Add(
                    FilterCodes.AddressThroughHeader, word.Syntax.NameSpan,
                    $"`header` compares all of the header, names included; `address` finds \"{key.Value.Constant}\" whatever stands beside it.",
                    TextEdit.Replace(word.Syntax.NameSpan, "address", "write `address`"), [new(key.Syntax.Span, "this is an address")]);
            }
        }
    }

    /// <summary>header :contains "from" with a domain as key: whoever writes it into his name passes for it.</summary>
    public static void DisplayNameMatches(BoundScript script, DiagnosticBag diagnostics)
    {
        foreach (var (word, key) in Keys(script).Where(pair => pair.Word is { Word.Name: "header", MatchType.Name: "contains" or "matches" }))
        {
            if (word.TextsAt(0).All(name => HeaderNames.HoldsAuthor(name.Constant)) && NamesDomain(key.Value.Constant))
            {
                diagnostics.Add(
                    FilterCodes.DisplayNameMatches, word.Syntax.NameSpan,
                    $"`header` also finds \"{key.Value.Constant}\" in the name that a sender writes beside his address; `address` looks at addresses only.",
                    TextEdit.Replace(word.Syntax.NameSpan, "address", "write `address`"), [new(key.Syntax.Span, "this is looked for in names too")]);
            }
        }
    }

    /// <summary>An @, and a dot in what follows it.</summary>
    private static bool NamesDomain(string key) =>
        key.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at && key.AsSpan(at + 1).Trim("*?>").Contains('.');

    private static IEnumerable<(BoundWord Word, BoundString Key)> Keys(BoundScript script)
    {
        foreach (var word in script.All())
        {
            if (!word.Word.TakesMatch)
            {
                continue;
            }

            foreach (var key in word.Keys)
            {
                if (key.Value.IsConstant)
                {
                    yield return (word, key);
                }
            }
        }
    }

    private static bool IsPlainAddress(string key) => MailAddress.IsAddress(key) && !key.AsSpan().ContainsAny('*', '?');

    /// <summary>A star at an end or beside a dot or @; a question mark only in addresses, for it ends sentences.</summary>
    private static bool LooksLikePattern(BoundWord word, string key)
    {
        var star = key.Length > 1 && (key.StartsWith('*') != key.EndsWith('*') || key.Contains(".*", StringComparison.Ordinal)
            || key.Contains("@*", StringComparison.Ordinal) || key.Contains("*@", StringComparison.Ordinal) || key.Contains("*.", StringComparison.Ordinal));
        var isSingle = key.Length > 2 && key[0] == '*' && key[^1] == '*' && !key.StartsWith("**", StringComparison.Ordinal);
        return star || isSingle || (word.AddressPart is not null && key.Contains('?', StringComparison.Ordinal));
    }
}
