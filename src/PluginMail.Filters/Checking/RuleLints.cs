using System.Buffers;
using System.Collections.Immutable;
using PluginMail.Filters.Syntax;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Checking;

/// <summary>Warnings about rules that could be fewer.</summary>
internal static class RuleLints
{
    private const int ManyRules = 5;

    /// <summary>The same rule twice in one block.</summary>
    public static void DuplicateRules(BoundScript script, DiagnosticBag diagnostics)
    {
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var block in script.Blocks())
        {
            if (block.Length < 2)
            {
                continue;
            }

            var seen = new Dictionary<(int, int), BoundWord>(block.Length);
            for (var i = 0; i < block.Length; i++)
            {
                var isWhole = block[i].Word.Chain == ChainRole.Start && !IsChained(block, i + 1);
                if (isWhole && SyntaxPrinter.Fingerprint(block[i].Syntax, buffer) is var print && !seen.TryAdd(print, block[i])
                    && SyntaxPrinter.Print(seen[print].Syntax) == SyntaxPrinter.Print(block[i].Syntax))
                {
                    var first = seen[print];
                    diagnostics.Add(
                        FilterCodes.DuplicateRule, block[i].Syntax.NameSpan, "This rule stands in the script already.",
                        TextEdit.Replace(block[i].Span, "", "remove it"), [new(first.Syntax.NameSpan, "the same rule")]);
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
