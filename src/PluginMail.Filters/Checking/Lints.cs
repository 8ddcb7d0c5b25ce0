using System.Collections.Immutable;

namespace PluginMail.Filters.Checking;

/// <summary>The warnings: each lint looks at a script that has no errors. A new one is a method and a row here.</summary>
internal static class Lints
{
    private static readonly ImmutableArray<Action<BoundScript, DiagnosticBag>> All =
    [
        FlowLints.Unreachable,
        FlowLints.DiscardAfterAction,
        FlowLints.FlagAfterFiling,
        ConditionLints.NeverTrue,
        ConditionLints.RepeatedInChain,
        RuleLints.DuplicateRules,
        RuleLints.MergeableRules,
        FilingLints.FiledTwice,
        FilingLints.RedirectsBeyondLimit,
        FilingLints.RedirectLoops,
        MatchLints.LiteralWildcards,
        MatchLints.LooseDomains,
        MatchLints.AddressThroughHeader,
        MatchLints.DisplayNameMatches,
        DateLints.DateOfMessage,
        MailboxLints.UnknownFolders,
        MailboxLints.RedirectToOneself,
        MailboxLints.VacationMissesAddress,
    ];

    /// <summary>Runs them all.</summary>
    public static void Check(BoundScript script, DiagnosticBag diagnostics)
    {
        foreach (var lint in All)
        {
            lint(script, diagnostics);
        }
    }
}
