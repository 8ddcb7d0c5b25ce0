namespace PluginMail.Filters.Evaluation;

/// <summary>
/// All keys that the values of one source are compared with under one comparator: a hash for whole values, an automaton for
/// parts, and for what is neither (patterns) the longest literal as a sign that it is worth a try.
/// </summary>
internal sealed class KeyGroup : PredicateGroup
{
    private const int HitsBetweenCharges = 256;
    private readonly int _slot;
    private readonly Comparator _comparator;
    private readonly Dictionary<byte[], int[]> _wholes;
    private readonly LiteralAutomaton? _automaton;
    private readonly Literal[] _literals;
    private readonly int[] _anyValue;
    private readonly (KeyMatcher Key, int Predicate)[] _others;
    private readonly int _located;

    public KeyGroup(int slot, bool isCheap, Comparator comparator, IReadOnlyList<(KeyMatcher Key, int Predicate)> keys)
    {
        _slot = slot;
        _comparator = comparator;
        IsCheap = isCheap;
        _wholes = keys.Where(key => key.Key is EqualKey).GroupBy(key => key.Key.Key, key => key.Predicate, OctetComparer.Instance)
            .ToDictionary(group => group.Key, group => group.Distinct().ToArray(), OctetComparer.Instance);
        var parts = keys.Where(key => key.Key is not EqualKey).ToList();
        _anyValue = [.. parts.Where(key => key.Key is ContainsKey or PrefixKey or SuffixKey && key.Key.Key.Length == 0).Select(key => key.Predicate)];
        var literals = parts.Where(key => key.Key.Literal.Length > 0).GroupBy(key => key.Key.Literal, OctetComparer.Instance)
            .OrderBy(group => group.Key, OctetComparer.Instance).ToList();
        _literals = new Literal[literals.Count];
        for (var i = 0; i < literals.Count; i++)
        {
            _literals[i] = new(literals[i], ref _located);
        }

        _automaton = literals.Count == 0 ? null : new([.. literals.Select(group => group.Key)]);
        _others = [.. parts.Where(key => key.Key.Literal.Length == 0 && key.Key is not (ContainsKey or PrefixKey or SuffixKey))];
    }

    /// <inheritdoc/>
    public override bool IsCheap { get; }

    /// <inheritdoc/>
    public override void Scan(FilterRun run, PredicateBits hits)
    {
        var tried = _located > 0 ? new int[_located] : [];
        var ordinal = 0;
        foreach (var value in run.Values(_slot))
        {
            if (value.Folded(_comparator) is not { } folded || !run.Charge(1 + (folded.Length >> 6), default))
            {
                continue;
            }

            hits.Set(_anyValue);
            if (_wholes.TryGetValue(folded, out var predicates))
            {
                hits.Set(predicates);
            }

            if (_automaton is not null)
            {
                Search(run, value, folded, hits, tried, ++ordinal);
            }

            Try(run, value, folded, hits);
        }
    }

    private void Search(FilterRun run, TextValue value, byte[] folded, PredicateBits hits, int[] tried, int ordinal)
    {
        var automaton = _automaton!;
        var state = LiteralAutomaton.Start;
        var found = 0;
        for (var i = 0; i < folded.Length; i++)
        {
            state = automaton.Next(state, folded[i]);
            for (var hit = automaton.FirstHit(state); hit != 0; hit = automaton.NextHit(hit))
            {
                var literal = _literals[automaton.LiteralAt(hit)];
                hits.Set(literal.Parts);
                foreach (var located in literal.Located)
                {
                    Verify(run, located, value, folded, i + 1, hits, tried, ordinal);
                }

                if (++found % HitsBetweenCharges == 0 && !run.Charge(HitsBetweenCharges / 16, default))
                {
                    return;
                }
            }
        }
    }

    /// <summary>A key of which a literal was found; it is tried once a value, but where the place decides.</summary>
    private static void Verify(FilterRun run, Located located, TextValue value, byte[] folded, int end, PredicateBits hits, int[] tried, int ordinal)
    {
        if (hits[located.Predicate] || run.IsHalted)
        {
            return;
        }

        var holds = located.Key switch
        {
            PrefixKey => end == located.Key.Key.Length,
            SuffixKey => end == folded.Length,
            WithinKey => end == folded.Length && located.Key.Matches(folded),
            _ when tried[located.Number] == ordinal => false,
            _ => run.Charge(located.Key.CostOf(folded.Length), default) && located.Key.Matches(value, folded),
        };
        tried[located.Number] = ordinal;
        if (holds)
        {
            hits.Set(located.Predicate);
        }
    }

    private void Try(FilterRun run, TextValue value, byte[] folded, PredicateBits hits)
    {
        foreach (var (key, predicate) in _others)
        {
            if (!hits[predicate] && !run.IsHalted && run.Charge(key.CostOf(folded.Length), default) && key.Matches(value, folded))
            {
                hits.Set(predicate);
            }
        }
    }

    /// <summary>A literal: the keys that it is, anywhere, and those of which it is a part or whose place counts.</summary>
    private sealed class Literal
    {
        public Literal(IGrouping<byte[], (KeyMatcher Key, int Predicate)> keys, ref int located)
        {
            Parts = [.. keys.Where(key => key.Key is ContainsKey).Select(key => key.Predicate).Distinct()];
            var others = keys.Where(key => key.Key is not ContainsKey).ToList();
            Located = new Located[others.Count];
            for (var i = 0; i < others.Count; i++)
            {
                Located[i] = new(others[i].Key, others[i].Predicate, located++);
            }
        }

        public int[] Parts { get; }

        public Located[] Located { get; }
    }

    private readonly record struct Located(KeyMatcher Key, int Predicate, int Number);
}
