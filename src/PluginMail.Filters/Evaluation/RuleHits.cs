using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Evaluation;

/// <summary>
/// Notes the rules that did something about the message. Where what was done stands in an if inside of the rule, the innermost one that led to it is
/// named, not the rule's own.
/// </summary>
/// <param name="filter">The script that runs.</param>
/// <param name="hits">All hits of the run, those of other scripts among them.</param>
internal sealed class RuleHits(CompiledFilter filter, List<FilterHit> hits)
{
    private const int MostOfOneRule = 16;
    private FilterHit? _own;
    private FilterHit? _innermost;
    private int _first;
    private bool _hasActed;

    /// <summary>A branch of a rule is taken, or its action.</summary>
    public void Begin(FilterRule rule, SourceSpan? condition)
    {
        _own = new(filter, rule, condition);
        _innermost = null;
        _first = hits.Count;
        _hasActed = false;
        hits.Add(_own);
    }

    /// <summary>A branch inside of the rule's is taken; gives what <see cref="Leave"/> goes back to.</summary>
    public FilterHit? Enter(SourceSpan chain, SourceSpan? condition)
    {
        var outer = _innermost;
        if (_own is not null && IsOwn(chain))
        {
            _innermost = _own with { Condition = condition, Line = filter.Text.LineOf(chain.Start) };
        }

        return outer;
    }

    /// <summary>The branch inside has ended.</summary>
    public void Leave(FilterHit? outer) => _innermost = outer;

    /// <summary>Something was done about the message.</summary>
    public void Acted(SourceSpan at)
    {
        if (_own is null || !IsOwn(at))
        {
            return;
        }

        var hit = _innermost ?? _own;
        if (!_hasActed)
        {
            hits[_first] = hit;
        }
        else if (hits.Count - _first < MostOfOneRule && hits.IndexOf(hit, _first) < 0)
        {
            hits.Add(hit);
        }

        _hasActed = true;
    }

    private bool IsOwn(SourceSpan at) => _own!.Rule.Span.Start <= at.Start && at.End <= _own.Rule.Span.End;
}
