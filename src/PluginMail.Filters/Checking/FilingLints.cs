using System.Collections.Immutable;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Checking;

/// <summary>Warnings about messages that are filed or sent more often than meant.</summary>
internal static class FilingLints
{
    /// <summary>Rules of a block that are compared with one another; more would take too long.</summary>
    private const int MostRules = 100;
    private const int MostSteps = 20_000;

    /// <summary>Two rules that file into two folders, of which one fits whatever the other fits and the first goes on.</summary>
    public static void FiledTwice(BoundScript script, DiagnosticBag diagnostics)
    {
        var cover = new ConditionCover(MostSteps);
        foreach (var block in script.Blocks())
        {
            var rules = block.Where(word => word.Word.Chain == ChainRole.Start && word.Tests.Length == 1 && FolderOf(word) is not null).Take(MostRules).ToList();
            for (var i = 1; i < rules.Count; i++)
            {
                var earlier = rules.Take(i).FirstOrDefault(rule => !EndsScript(rule) && FolderOf(rule)!.Text != FolderOf(rules[i])!.Text && Overlap(cover, rule, rules[i]));
                if (earlier is not null)
                {
                    diagnostics.Add(
                        FilterCodes.FiledTwice, FolderOf(rules[i])!.Span,
                        $"What fits this rule and the one in line {script.Syntax.Text.PositionOf(earlier.Span.Start).Line} is filed twice; the earlier rule does not end the script.",
                        related: [new(FolderOf(earlier)!.Span, "filed here first")]);
                }
            }
        }
    }

    /// <summary>A way through the script with more redirects than a message may have (RFC 5228 10).</summary>
    public static void RedirectsBeyondLimit(BoundScript script, DiagnosticBag diagnostics)
    {
        var count = MostRedirects(script.Commands);
        if (count > FilterLimits.Default.Redirects)
        {
            diagnostics.Add(
                FilterCodes.RedirectsBeyondLimit, script.All().Last(IsForward).Syntax.NameSpan,
                $"One message can meet {count} redirects on its way through this script; beyond {FilterLimits.Default.Redirects} the script ends with an error and the message is only kept.");
        }
    }

    /// <summary>A redirect to the recipient that the condition names.</summary>
    public static void RedirectLoops(BoundScript script, DiagnosticBag diagnostics)
    {
        foreach (var rule in script.All().Where(word => word.Word.HasBlock && word.Tests.Length == 1))
        {
            var recipients = Recipients(rule.Tests[0]).ToList();
            foreach (var redirect in rule.Block.Where(word => word.Word.Name == "redirect"))
            {
                var address = MailAddress.Bare(redirect.TextAt(0).Constant);
                if (recipients.Find(key => key.Value.Constant.Equals(address, StringComparison.OrdinalIgnoreCase)) is { } key)
                {
                    diagnostics.Add(
                        FilterCodes.RedirectLoop, redirect.Arguments[0].Span, $"Mail for \"{address}\" is sent to \"{address}\" again, where this rule may meet it once more.",
                        related: [new(key.Syntax.Span, "the recipient that is asked for")]);
                }
            }
        }
    }

    private static bool Overlap(ConditionCover cover, BoundWord left, BoundWord right) =>
        cover.Covers(left.Tests[0], right.Tests[0]) || cover.Covers(right.Tests[0], left.Tests[0]);

    private static bool EndsScript(BoundWord rule) => rule.Block.Any(word => word.Word.Ends(word));

    /// <summary>The folder that a rule files into, unless that is a copy on purpose.</summary>
    private static Folder? FolderOf(BoundWord rule)
    {
        var filing = rule.Block.FirstOrDefault(word => word.Word.Name is "fileinto" or "move" && !word.Has("copy") && word.TextAt(0).IsConstant);
        return filing is null || MailAddress.IsAddress(filing.TextAt(0).Constant) ? null : new(filing.TextAt(0).Constant, filing.Span);
    }

    private static IEnumerable<BoundString> Recipients(BoundWord test) => test.Word.Name switch
    {
        "anyof" or "any" or "allof" or "all" => test.Tests.SelectMany(Recipients),
        "recipient" when test.MatchType?.Name is "is" or "strict" => ((BoundStrings)test.Arguments[0]).Strings,
        "envelope" when test.MatchType?.Name is "is" or "strict" && test.TextsAt(0).All(part => part.Constant.Equals("to", StringComparison.OrdinalIgnoreCase)) =>
            ((BoundStrings)test.Arguments[1]).Strings,
        _ => [],
    };

    private static bool IsForward(BoundWord word) =>
        word.Word.Name == "redirect" || (word.Word.Name is "move" or "copy" && word.Word.Parameters.Length == 1 && MailAddress.IsAddress(word.TextAt(0).Constant));

    /// <summary>The most redirects on one way through a block, from its last command to its first.</summary>
    private static int MostRedirects(ImmutableArray<BoundWord> block) => Count(block).Most;

    private static (int Most, bool Ends) Count(ImmutableArray<BoundWord> block)
    {
        var most = 0;
        var ends = 0;
        var sum = 0;
        foreach (var word in block)
        {
            if (word.Word.Chain is ChainRole.Start or ChainRole.None)
            {
                sum += most;
                most = 0;
            }

            if (word.Word.Chain == ChainRole.None)
            {
                sum += IsForward(word) ? 1 : 0;
                if (word.Word.Ends(word))
                {
                    return (Math.Max(sum, ends), true);
                }

                continue;
            }

            var branch = Count(word.Block);
            if (branch.Ends)
            {
                ends = Math.Max(ends, sum + branch.Most);
            }
            else
            {
                most = Math.Max(most, branch.Most);
            }
        }

        return (Math.Max(sum + most, ends), false);
    }

    private sealed record Folder(string Text, Syntax.SourceSpan Span);
}
