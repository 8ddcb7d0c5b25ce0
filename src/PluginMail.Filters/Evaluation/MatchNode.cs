using System.Collections.Immutable;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Evaluation;

/// <summary>
/// Every test that matches values against keys: header, address, envelope, subject, sender, recipient, string and those of
/// extensions. Values, comparator and keys are open, so that a matcher for many of them in one pass can take their place.
/// </summary>
internal sealed class MatchNode(
    SourceSpan span, ImmutableArray<ValueReader> readers, Comparator comparator, MatchKeys keys, bool every) : TestNode(span)
{
    public override bool Waits => readers.Any(reader => reader.Waits);

    public ImmutableArray<ValueReader> Readers => readers;

    public Comparator Comparator => comparator;

    public MatchKeys Keys => keys;

    public bool Every => every;

    /// <summary>Whether an index can decide it: what it reads and compares is known before a run, and one value suffices.</summary>
    public bool IsIndexable => !every && keys.AreConstant && readers.All(reader => reader is SlotReader);

    /// <summary>Its place in the script's index, or null.</summary>
    public Predicate? Predicate { get; set; }

    public override Guard? Guard => Predicate is { IsCheap: true } && !Captures ? new([Predicate.Number], Predicate.Weight) : null;

    public override bool IsPure => !Captures && !Waits;

    /// <summary>Whether a match sets the match variables (RFC 5229 3.2).</summary>
    public bool Captures { get; init; }

    protected override bool Evaluate(FilterRun run)
    {
        if (Predicate is not null && run.Index is { } index)
        {
            var holds = index.Holds(run, Predicate);
            if (!holds || !Captures)
            {
                return holds;
            }
        }

        var any = false;
        var matchers = keys.For(run);
        foreach (var reader in readers)
        {
            foreach (var value in reader.Read(run))
            {
                run.Trace?.Saw(value);
                any = MatchesKey(value, matchers, run);
                if (run.IsHalted || any != every)
                {
                    return any;
                }
            }
        }

        return any;
    }

    private bool MatchesKey(TextValue value, ImmutableArray<KeyMatcher> matchers, FilterRun run)
    {
        if (value.Folded(comparator) is not { } folded)
        {
            return false;
        }

        foreach (var key in matchers)
        {
            if (!run.Charge(key.CostOf(folded.Length), Span))
            {
                return false;
            }

            if (key.Matches(value, folded))
            {
                return !Captures || Capture(key, value, run);
            }
        }

        return false;
    }

    private bool Capture(KeyMatcher key, TextValue value, FilterRun run)
    {
        var captured = key.Capture(value, comparator, out var steps);
        if (!run.Charge(steps, Span))
        {
            return false;
        }

        if (captured is not null)
        {
            run.Variables.SetMatches(captured);
        }

        return true;
    }
}
