using System.Buffers;
using System.Collections.Immutable;
using PluginMail.Filters.Syntax;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Checking;

/// <summary>Warnings about rules that could be fewer.</summary>
internal static class RuleLints
{
    private const int ManyRules = 5;
    private const int MostSteps = 20_000;
    private const int MostAlike = 8;

    /// <summary>The same rule twice in one block, letters' case apart where it makes no difference.</summary>
    public static void DuplicateRules(BoundScript script, DiagnosticBag diagnostics)
    {
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var block in script.Blocks())
        {
            if (block.Length < 2)
            {
                continue;
            }

            var seen = new Dictionary<(int, int), List<BoundWord>>(block.Length);
            var cover = new ConditionCover(MostSteps);
            for (var i = 0; i < block.Length; i++)
            {
                var rule = block[i];
                if (rule.Word.Chain != ChainRole.Start || IsChained(block, i + 1))
                {
                    continue;
                }

                var print = SyntaxPrinter.FingerprintWithoutCase(rule.Syntax, buffer);
                if (!seen.TryGetValue(print, out var alike))
                {
                    seen.Add(print, [rule]);
                }
                else if (alike.Find(other => IsSame(other, rule, cover)) is { } first)
                {
                    diagnostics.Add(
                        FilterCodes.DuplicateRule, rule.Syntax.NameSpan, "This rule stands in the script already.",
                        TextEdit.Replace(rule.Span, "", "remove it"), [new(first.Syntax.NameSpan, "the same rule")]);
                }
                else if (alike.Count < MostAlike)
                {
                    alike.Add(rule);
                }
            }
        }
    }

    /// <summary>Rules in a row that differ in their keys only.</summary>
    public static void MergeableRules(BoundScript script, DiagnosticBag diagnostics)
    {
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var block in script.Blocks())
        {
            (int, int)? next = null;
            for (var i = 0; i < block.Length;)
            {
                var form = next ?? FormWithoutKeys(block, i, buffer);
                var end = i + 1;
                while (end < block.Length && (next = FormWithoutKeys(block, end, buffer)) is not null && next == form)
                {
                    end++;
                }

                if (end - i >= ManyRules)
                {
                    diagnostics.Add(
                        FilterCodes.MergeableRules, block[i].Syntax.NameSpan, $"{end - i} rules in a row differ in their keys only; one rule with a list of keys does the same.",
                        related: [new(block[end - 1].Syntax.NameSpan, "the last of them")]);
                }

                i = end;
            }
        }
    }

    private static bool IsSame(BoundWord first, BoundWord second, ConditionCover cover) =>
        SyntaxPrinter.Print(first.Syntax) == SyntaxPrinter.Print(second.Syntax)
        || (first.Tests is [var test] && second.Tests is [var other] && cover.Equal(test, other)
            && SyntaxPrinter.PrintBlock(first.Syntax) == SyntaxPrinter.PrintBlock(second.Syntax));

    private static bool IsChained(ImmutableArray<BoundWord> block, int index) =>
        index < block.Length && block[index].Word.Chain is ChainRole.Continue or ChainRole.End;

    private static (int, int)? FormWithoutKeys(ImmutableArray<BoundWord> block, int index, ArrayBufferWriter<byte> buffer)
    {
        var word = block[index];
        if (word.Word.Chain != ChainRole.Start || IsChained(block, index + 1) || word.Tests is not [{ Word.TakesMatch: true, Arguments.IsEmpty: false }])
        {
            return null;
        }

        return SyntaxPrinter.FingerprintWithoutKeys(word.Syntax, buffer);
    }
}
