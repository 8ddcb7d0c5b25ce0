using System.Collections.Immutable;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Checking;

/// <summary>Warnings about the order of commands.</summary>
internal static class FlowLints
{
    /// <summary>A command after one that ends the script.</summary>
    public static void Unreachable(BoundScript script, DiagnosticBag diagnostics)
    {
        foreach (var block in script.Blocks())
        {
            var (end, next) = EndOf(block);
            if (next < block.Length)
            {
                diagnostics.Add(
                    FilterCodes.Unreachable, block[next].Syntax.NameSpan, "This command can never run: the script has ended before it.",
                    related: [new(block[end].Syntax.NameSpan, "the script always ends here")]);
            }
        }
    }

    /// <summary>discard after an action in the same block, which it does not undo (RFC 5228 4.4).</summary>
    public static void DiscardAfterAction(BoundScript script, DiagnosticBag diagnostics)
    {
        foreach (var block in ReachableBlocks(script.Commands))
        {
            if (block.FirstOrDefault(static word => word.Word.Name == "discard") is not { } discard)
            {
                continue;
            }

            var action = block.TakeWhile(word => word != discard).LastOrDefault(word => word.Word.Name is "keep" or "fileinto" or "redirect" or "move" or "copy");
            if (action is not null)
            {
                diagnostics.Add(
                    FilterCodes.DiscardKeepsCopies, discard.Syntax.NameSpan,
                    $"`discard` does not undo `{action.Word.Name}`: it only cancels the implicit keep.",
                    related: [new(action.Span, "this still happens")]);
            }
        }
    }

    /// <summary>addflag and its like after the last filing of a block: the flags of what is filed were taken before (RFC 5232 4).</summary>
    public static void FlagAfterFiling(BoundScript script, DiagnosticBag diagnostics)
    {
        foreach (var block in ReachableBlocks(script.Commands))
        {
            if (!block.Any(IsFlagAction))
            {
                continue;
            }

            var filing = block.LastOrDefault(word => word.Word.Name is "fileinto" or "keep" or "move");
            var flag = filing is null ? null : block.SkipWhile(word => word != filing).FirstOrDefault(IsFlagAction);
            if (flag is not null && filing!.Word.Name != "keep" && !filing.Has("copy"))
            {
                diagnostics.Add(
                    FilterCodes.FlagAfterFiling, flag.Syntax.NameSpan,
                    $"`{flag.Word.Name}` comes too late: `{filing.Word.Name}` has filed the message with the flags that it had before.",
                    related: [new(filing.Span, "filed here")]);
            }
        }
    }

    private static bool IsFlagAction(BoundWord word) =>
        word.Word.Name is "addflag" or "setflag" or "removeflag" && word.Syntax.Arguments.Length == 1;

    private static int EndOfChain(ImmutableArray<BoundWord> block, int index)
    {
        while (index + 1 < block.Length && block[index + 1].Word.Chain is ChainRole.Continue or ChainRole.End)
        {
            index++;
        }

        return index;
    }

    /// <summary>Whether a command, or every branch of a chain that has an else, ends the script.</summary>
    private static bool Ends(ImmutableArray<BoundWord> block, int first, int last)
    {
        if (block[first].Word.Chain == ChainRole.None)
        {
            return block[first].Word.Ends(block[first]);
        }

        return block[last].Word.Chain == ChainRole.End && block[first..(last + 1)].All(branch => BlockEnds(branch.Block));
    }

    private static bool BlockEnds(ImmutableArray<BoundWord> block) => EndOf(block).End < block.Length;

    /// <summary>The command that ends the script and the one behind its chain; both the block's length where none does.</summary>
    private static (int End, int Next) EndOf(ImmutableArray<BoundWord> block)
    {
        for (var i = 0; i < block.Length; i++)
        {
            var end = EndOfChain(block, i);
            if (Ends(block, i, end))
            {
                return (i, end + 1);
            }

            i = end;
        }

        return (block.Length, block.Length);
    }

    /// <summary>Every block that can be reached, without the commands in it that cannot.</summary>
    private static IEnumerable<ImmutableArray<BoundWord>> ReachableBlocks(ImmutableArray<BoundWord> block)
    {
        var reachable = block[..EndOf(block).Next];
        return reachable.Where(static word => word.Word.HasBlock).SelectMany(static word => ReachableBlocks(word.Block)).Prepend(reachable);
    }
}
