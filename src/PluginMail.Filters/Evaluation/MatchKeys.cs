using System.Collections.Immutable;
using PluginMail.Filters.Checking;

namespace PluginMail.Filters.Evaluation;

/// <summary>The keys of a test: folded and compiled once, but for those made of variables.</summary>
internal sealed class MatchKeys
{
    private readonly BoundWord? _word;
    private readonly ImmutableArray<StringExpression> _expressions;

    public MatchKeys(BoundWord word, ImmutableArray<StringExpression> expressions)
    {
        AreConstant = expressions.All(static key => key.IsConstant);
        _word = AreConstant ? null : word;
        _expressions = AreConstant ? [] : expressions;
        Constant = AreConstant ? Compile(word, expressions, run: null) : [];
    }

    /// <summary>Whether every run sees the same keys.</summary>
    public bool AreConstant { get; }

    /// <summary>The keys as far as they are known before a run; what the comparator does not define is left out.</summary>
    public ImmutableArray<KeyMatcher> Constant { get; }

    public ImmutableArray<KeyMatcher> For(FilterRun run)
    {
        if (AreConstant)
        {
            return Constant;
        }

        run.Spend(_word!.MatchType!.KeyCost * _expressions.Length);
        return Compile(_word, _expressions, run);
    }

    /// <summary>The matchers; without a run the expressions are constant.</summary>
    private static ImmutableArray<KeyMatcher> Compile(BoundWord word, ImmutableArray<StringExpression> keys, FilterRun? run)
    {
        var matchers = ImmutableArray.CreateBuilder<KeyMatcher>(keys.Length);
        foreach (var key in keys)
        {
            if (word.FoldKey(run is null ? key.Octets : key.Evaluate(run)) is { } folded && word.MatchType!.Compile(folded, word) is { } matcher)
            {
                matchers.Add(matcher);
            }
        }

        return matchers.DrainToImmutable();
    }
}
