using System.Collections.Immutable;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Evaluation;

/// <summary>
/// Every test that matches values against keys: header, address, envelope, subject, sender, recipient. Sources, comparator
/// and keys are open, so that a matcher for many of them in one pass can take their place.
/// </summary>
internal sealed class MatchNode(
    SourceSpan span, ImmutableArray<int> slots, Comparator comparator, ImmutableArray<KeyMatcher> keys, bool every) : TestNode(span)
{
    /// <summary>Indexes into <see cref="CompiledFilter.Sources"/>.</summary>
    public ImmutableArray<int> Slots => slots;

    public Comparator Comparator => comparator;

    public ImmutableArray<KeyMatcher> Keys => keys;

    protected override bool Evaluate(FilterRun run)
    {
        var any = false;
        foreach (var slot in slots)
        {
            foreach (var value in run.Values(slot))
            {
                run.Trace?.Saw(value);
                any = MatchesKey(value, run);
                if (run.IsHalted || any != every)
                {
                    return any;
                }
            }
        }

        return any;
    }

    private bool MatchesKey(TextValue value, FilterRun run)
    {
        if (value.Folded(comparator) is not { } folded)
        {
            return false;
        }

        foreach (var key in keys)
        {
            if (!run.Charge(key.CostOf(folded.Length), Span))
            {
                return false;
            }

            if (key.Matches(folded))
            {
                return true;
            }
        }

        return false;
    }
}
