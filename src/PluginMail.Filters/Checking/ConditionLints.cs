using PluginMail.Filters.Syntax;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Checking;

/// <summary>Warnings about conditions that contradict or repeat each other.</summary>
internal static class ConditionLints
{
    private const int MostBranches = 20;
    private const int MostSteps = 20_000;

    /// <summary>Tests of one allof that cannot be true together, and conditions that constants in them decide.</summary>
    public static void NeverTrue(BoundScript script, DiagnosticBag diagnostics)
    {
        foreach (var word in script.All())
        {
            if (word.Word.Name is "allof" or "all")
            {
                SizeContradiction(word, diagnostics);
                Negation(word, diagnostics);
            }

            if (word.Word.HasBlock)
            {
                foreach (var test in word.Tests)
                {
                    NeverTrue(test, diagnostics);
                }
            }
        }
    }

    // The outermost test that is never true; false alone is how rules are switched off.
    private static void NeverTrue(BoundWord test, DiagnosticBag diagnostics)
    {
        if (test.Tests.IsEmpty)
        {
            return;
        }

        if (ConstantCondition.Of(test) == false)
        {
            var isNegated = test.Word.Name == "not";
            var reason = test.Tests.First(inner => ConstantCondition.Of(inner) == isNegated);
            diagnostics.Add(
                FilterCodes.NeverTrue, test.Syntax.NameSpan, "This condition is never true.",
                related: [new(reason.Span, isNegated ? "because this is always true" : reason.Tests.IsEmpty ? "because this is false" : "because this is never true")]);
            return;
        }

        foreach (var inner in test.Tests)
        {
            NeverTrue(inner, diagnostics);
        }
    }

    /// <summary>A condition that an earlier branch of its chain has.</summary>
    public static void RepeatedInChain(BoundScript script, DiagnosticBag diagnostics)
    {
        foreach (var block in script.Blocks())
        {
            if (block.Length < 2)
            {
                continue;
            }

            var seen = new Dictionary<string, BoundWord>();
            var cover = new ConditionCover(MostSteps);
            for (var i = 0; i < block.Length; i++)
            {
                var word = block[i];
                if (word.Tests.Length != 1)
                {
                    continue;
                }

                if (word.Word.Chain == ChainRole.Start)
                {
                    seen.Clear();
                }

                if (word.Word.Chain == ChainRole.Start && (i + 1 == block.Length || block[i + 1].Word.Chain is not (ChainRole.Continue or ChainRole.End)))
                {
                    continue;
                }

                var test = word.Tests[0];
                var text = SyntaxPrinter.Print(test.Syntax);
                if (!seen.TryAdd(text, test))
                {
                    diagnostics.Add(
                        FilterCodes.RepeatedCondition, test.Span, "This branch can never run: an earlier one has the same condition.",
                        related: [new(seen[text].Span, "the same condition")]);
                }
                else if (seen.Values.Take(MostBranches).FirstOrDefault(earlier => earlier != test && cover.Covers(earlier, test)) is { } wider)
                {
                    diagnostics.Add(
                        FilterCodes.RepeatedCondition, test.Span, "This branch can never run: an earlier one takes everything that fits it.",
                        related: [new(wider.Span, "the wider condition")]);
                }
            }
        }
    }

    private static void SizeContradiction(BoundWord word, DiagnosticBag diagnostics)
    {
        var sizes = word.Tests.Where(test => test.Word.Name == "size").ToList();
        if (sizes.Count < 2)
        {
            return;
        }

        var over = sizes.Where(test => test.Has("over")).MaxBy(test => ((BoundNumber)test.ValueOf("over")!).Value);
        var under = sizes.Where(test => test.Has("under")).MinBy(test => ((BoundNumber)test.ValueOf("under")!).Value);
        if (over is null || under is null || ((BoundNumber)over.ValueOf("over")!).Value + 1 < ((BoundNumber)under.ValueOf("under")!).Value)
        {
            return;
        }

        diagnostics.Add(
            FilterCodes.NeverTrue, word.Syntax.NameSpan, "This condition is never true: no size is over the one limit and under the other.",
            related: [new(over.Span, "larger than this"), new(under.Span, "and smaller than this")]);
    }

    private static void Negation(BoundWord word, DiagnosticBag diagnostics)
    {
        if (!word.Tests.Any(test => test.Word.Name == "not"))
        {
            return;
        }

        var plain = word.Tests.Where(test => test.Word.Name != "not").DistinctBy(test => SyntaxPrinter.Print(test.Syntax))
            .ToDictionary(test => SyntaxPrinter.Print(test.Syntax));
        foreach (var not in word.Tests.Where(test => test.Word.Name == "not"))
        {
            if (plain.TryGetValue(SyntaxPrinter.Print(not.Tests[0].Syntax), out var same))
            {
                diagnostics.Add(
                    FilterCodes.NeverTrue, word.Syntax.NameSpan, "This condition is never true: it asks for a test and for its opposite.",
                    related: [new(same.Span, "this"), new(not.Span, "and not this")]);
            }
        }
    }
}
