using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace PluginMail.Filters.Evaluation;

/// <summary>
/// Decides the tests of a large script together: each source is scanned once for all keys that any test compares it with, and
/// only rules whose condition can be true are walked to. Immutable; what a run learns is in <see cref="PredicateState"/>.
/// </summary>
internal sealed class PredicateIndex
{
    private readonly int[][] _rulesOf;
    private readonly PredicateBits _unguarded;
    private readonly ImmutableArray<int> _guardGroups;

    private PredicateIndex(ImmutableArray<PredicateGroup> groups, int count, ImmutableArray<CommandNode> commands)
    {
        Groups = groups;
        Count = count;
        _unguarded = new(commands.Length);
        var rules = new List<int>?[count];
        for (var i = 0; i < commands.Length; i++)
        {
            if (commands[i].Guard is { } guard)
            {
                foreach (var predicate in guard.Predicates)
                {
                    (rules[predicate] ??= []).Add(i);
                }
            }
            else
            {
                _unguarded.Set(i);
            }
        }

        _rulesOf = [.. rules.Select(list => list is null ? [] : list.ToArray())];
        _guardGroups = [.. Enumerable.Range(0, groups.Length).Where(group => groups[group].IsCheap)];
        Commands = commands;
    }

    public ImmutableArray<PredicateGroup> Groups { get; }

    /// <summary>How many predicates there are.</summary>
    public int Count { get; }

    private ImmutableArray<CommandNode> Commands { get; }

    /// <summary>The index of a script; null where its tests are so few that comparing directly is faster.</summary>
    public static PredicateIndex? Build(
        IReadOnlyList<TestNode> tests, ImmutableArray<ValueSource> sources, ImmutableArray<CommandNode> commands, int fewest)
    {
        var matches = tests.OfType<MatchNode>().Where(node => node.IsIndexable).ToList();
        var sizes = tests.OfType<SizeNode>().ToList();
        var count = matches.Count + sizes.Count;
        if (matches.Sum(node => node.Keys.Constant.Length) + sizes.Count < fewest)
        {
            return null;
        }

        var groups = new List<PredicateGroup>();
        var weights = WeightsOf(matches);
        var keys = new Dictionary<(int Slot, Comparator Comparator), (int Group, List<(KeyMatcher, int)> Keys)>();
        for (var i = 0; i < matches.Count; i++)
        {
            var node = matches[i];
            var cheap = true;
            var found = new List<int>(node.Readers.Length);
            foreach (var reader in node.Readers)
            {
                var slot = ((SlotReader)reader).Slot;
                if (!keys.TryGetValue((slot, node.Comparator), out var group))
                {
                    group = (keys.Count, []);
                    keys.Add((slot, node.Comparator), group);
                }

                foreach (var key in node.Keys.Constant)
                {
                    group.Keys.Add((key, i));
                }

                found.Add(group.Group);
                cheap &= !sources[slot].IsExpensive;
            }

            node.Predicate = new(i, [.. found], cheap, weights[i]);
        }

        groups.AddRange(keys.OrderBy(pair => pair.Value.Group).Select(pair =>
            new KeyGroup(pair.Key.Slot, !sources[pair.Key.Slot].IsExpensive, pair.Key.Comparator, pair.Value.Keys)));
        AddSizes(groups, sizes, matches.Count);
        return new([.. groups], count, commands);
    }

    /// <summary>Runs the commands whose conditions can be true, in order.</summary>
    public Flow Execute(FilterRun run, PredicateState state)
    {
        var candidates = Candidates(run, state);
        var version = run.Version;
        for (var i = candidates.Next(0); i >= 0; i = candidates.Next(i + 1))
        {
            if (Commands[i].Execute(run) is not Flow.Next and var flow)
            {
                return flow;
            }

            if (run.Version != version)
            {
                version = run.Version;
                candidates = Candidates(run, state);
            }
        }

        return Flow.Next;
    }

    /// <summary>How common the keys of each test are: many tests with one key are true together, and a rule that waits for one of them waits in vain.</summary>
    private static int[] WeightsOf(List<MatchNode> matches)
    {
        var counts = new Dictionary<byte[], int>(OctetComparer.Instance);
        foreach (var node in matches)
        {
            foreach (var key in node.Keys.Constant)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, key.Key, out _)++;
            }
        }

        var weights = new int[matches.Count];
        for (var i = 0; i < weights.Length; i++)
        {
            foreach (var key in matches[i].Keys.Constant)
            {
                weights[i] += counts[key.Key];
            }
        }

        return weights;
    }

    private static void AddSizes(List<PredicateGroup> groups, List<SizeNode> sizes, int first)
    {
        if (sizes.Count == 0)
        {
            return;
        }

        for (var i = 0; i < sizes.Count; i++)
        {
            sizes[i].Predicate = new(first + i, [groups.Count], IsCheap: true, sizes.Count);
        }

        groups.Add(new SizeGroup([.. sizes.Select((node, i) => (node, first + i))]));
    }

    private PredicateBits Candidates(FilterRun run, PredicateState state)
    {
        var candidates = new PredicateBits(Commands.Length);
        candidates.CopyFrom(_unguarded);
        foreach (var group in _guardGroups)
        {
            state.Scan(run, group);
        }

        for (var predicate = state.Hits.Next(0); predicate >= 0; predicate = state.Hits.Next(predicate + 1))
        {
            candidates.Set(_rulesOf[predicate]);
        }

        return candidates;
    }
}

/// <summary>A test's place in the index.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Groups">The groups that have to be scanned before it is known to be false.</param>
/// <param name="IsCheap">Whether all of them are cheap, so that a rule may wait for it.</param>
/// <param name="Weight">How many tests it shares its keys with.</param>
internal sealed record Predicate(int Number, ImmutableArray<int> Groups, bool IsCheap, int Weight);

/// <summary>Predicates of which one holds wherever a test is true.</summary>
/// <param name="Predicates">Their numbers.</param>
/// <param name="Weight">How common they are.</param>
internal sealed record Guard(ImmutableArray<int> Predicates, int Weight)
{
    /// <summary>Of a test that is never true.</summary>
    public static Guard Never { get; } = new([], 0);

    /// <summary>One of several; null where one of them has none.</summary>
    public static Guard? AnyOf(IEnumerable<Guard?> guards)
    {
        var predicates = ImmutableArray.CreateBuilder<int>();
        var weight = 0;
        foreach (var guard in guards)
        {
            if (guard is null)
            {
                return null;
            }

            predicates.AddRange(guard.Predicates);
            weight += guard.Weight;
        }

        return new(predicates.ToImmutable(), weight);
    }
}

/// <summary>What one run knows of the predicates.</summary>
internal sealed class PredicateState(PredicateIndex index)
{
    private readonly bool[] _scanned = new bool[index.Groups.Length];

    /// <summary>The predicates known to hold.</summary>
    public PredicateBits Hits { get; } = new(index.Count);

    /// <summary>Whether a predicate holds; scans what has to be scanned for it.</summary>
    public bool Holds(FilterRun run, Predicate predicate)
    {
        foreach (var group in predicate.Groups)
        {
            if (Hits[predicate.Number])
            {
                return true;
            }

            Scan(run, group);
        }

        return Hits[predicate.Number];
    }

    public void Scan(FilterRun run, int group)
    {
        if (!_scanned[group])
        {
            _scanned[group] = true;
            index.Groups[group].Scan(run, Hits);
        }
    }

    /// <summary>Forgets all of it: the message has changed.</summary>
    public void Reset()
    {
        Array.Clear(_scanned);
        Hits.Clear();
    }
}
