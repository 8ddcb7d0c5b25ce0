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
        AreConstant = expressions.All(key => key.IsConstant);
        _word = AreConstant ? null : word;
        _expressions = AreConstant ? [] : expressions;
        Constant = AreConstant ? Compile(word, expressions.Select(key => key.Octets)) : [];
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
        return Compile(_word, _expressions.Select(key => key.Evaluate(run)));
    }

    private static ImmutableArray<KeyMatcher> Compile(BoundWord word, IEnumerable<ReadOnlyMemory<byte>> keys)
    {
        var matchers = ImmutableArray.CreateBuilder<KeyMatcher>();
        foreach (var key in keys)
        {
            if (word.FoldKey(key) is { } folded && word.MatchType!.Compile(folded, word) is { } matcher)
            {
                matchers.Add(matcher);
            }
        }

        return matchers.ToImmutable();
    }
}
