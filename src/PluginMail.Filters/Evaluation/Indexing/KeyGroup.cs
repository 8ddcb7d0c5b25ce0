using System.Runtime.InteropServices;

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
    private int _located;

    public KeyGroup(int slot, bool isCheap, Comparator comparator, IReadOnlyList<(KeyMatcher Key, int Predicate)> keys)
    {
        _slot = slot;
        _comparator = comparator;
        IsCheap = isCheap;
        List<int> anyValue = [];
        List<(KeyMatcher, int)> others = [];
        List<(byte[] Literal, KeyMatcher Key, int Predicate)> parts = [];
        List<(byte[] Literal, KeyMatcher Key, int Predicate)> wholes = [];
        foreach (var (key, predicate) in keys)
        {
            if (key is EqualKey)
            {
                wholes.Add((key.Key, key, predicate));
            }
            else if (key.Literal is { Length: > 0 } literal)
            {
                parts.Add((literal, key, predicate));
            }
            else if (key is ContainsKey or PrefixKey or SuffixKey)
            {
                anyValue.Add(predicate);
            }
            else
            {
                others.Add((key, predicate));
            }
        }

        _wholes = GroupWholes(wholes);
        _anyValue = [.. anyValue];
        _others = [.. others];
        _literals = GroupByLiteral(parts, out var distinct);
        _automaton = distinct.Count == 0 ? null : new(distinct);
    }

    private static Dictionary<byte[], int[]> GroupWholes(List<(byte[] Literal, KeyMatcher Key, int Predicate)> keys)
    {
        var groups = new Dictionary<byte[], int[]>(keys.Count, OctetComparer.Instance);
        foreach (var range in Ranges(keys))
        {
            var predicates = new int[range.End.Value - range.Start.Value];
            for (var i = 0; i < predicates.Length; i++)
            {
                predicates[i] = keys[range.Start.Value + i].Predicate;
            }

            groups.Add(keys[range.Start.Value].Literal, predicates);
        }

        return groups;
    }

    private Literal[] GroupByLiteral(List<(byte[] Literal, KeyMatcher Key, int Predicate)> keys, out List<byte[]> distinct)
    {
        List<Literal> literals = [];
        distinct = [];
        foreach (var range in Ranges(keys))
        {
            literals.Add(new(CollectionsMarshal.AsSpan(keys)[range], ref _located));
            distinct.Add(keys[range.Start.Value].Literal);
        }

        return [.. literals];
    }

    /// <summary>Sorts keys by their octets and says where those lie that are equal.</summary>
    private static List<Range> Ranges(List<(byte[] Literal, KeyMatcher Key, int Predicate)> keys)
    {
        keys.Sort(static (left, right) => left.Literal.AsSpan().SequenceCompareTo(right.Literal) is var order and not 0 ? order : left.Predicate.CompareTo(right.Predicate));
        List<Range> ranges = [];
        for (var i = 0; i < keys.Count;)
        {
            var end = i + 1;
            while (end < keys.Count && keys[end].Literal.AsSpan().SequenceEqual(keys[i].Literal))
            {
                end++;
            }

            ranges.Add(i..end);
            i = end;
        }

        return ranges;
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
        public Literal(ReadOnlySpan<(byte[] Literal, KeyMatcher Key, int Predicate)> keys, ref int located)
        {
            var count = 0;
            foreach (var (_, key, _) in keys)
            {
                count += key is ContainsKey ? 1 : 0;
            }

            Parts = count == 0 ? [] : new int[count];
            Located = count == keys.Length ? [] : new Located[keys.Length - count];
            var (part, other) = (0, 0);
            foreach (var (_, key, predicate) in keys)
            {
                if (key is ContainsKey)
                {
                    Parts[part++] = predicate;
                }
                else
                {
                    Located[other++] = new(key, predicate, located++);
                }
            }
        }

        public int[] Parts { get; }

        public Located[] Located { get; }
    }

    private readonly record struct Located(KeyMatcher Key, int Predicate, int Number);
}
