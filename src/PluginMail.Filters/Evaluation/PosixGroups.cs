using System.Runtime.CompilerServices;

namespace PluginMail.Filters.Evaluation;

/// <summary>
/// What a regular expression and its groups stand for by POSIX's rules (IEEE 1003.1, 9.1): of all matches that begin at one place the longest, and
/// in it each part, from left to right, as long as possible. For each node and place the possible ends are found once, as a set of bits, so that
/// nothing is tried twice; then one way through the tree is read off. Beyond a bound of work it gives up.
/// </summary>
internal sealed class PosixGroups
{
    private const int LongestValue = 2000;
    private const long MostWork = 1_000_000;
    private readonly Dictionary<(PosixNode Node, int At), ulong[]> _ends = [];
    private readonly string _value;
    private readonly (int Start, int End)[] _groups;
    private readonly int _words;
    private long _work;

    private PosixGroups(string value, int groups)
    {
        _value = value;
        _groups = new (int, int)[groups + 1];
        Array.Fill(_groups, (-1, -1));
        _words = (value.Length >> 6) + 1;
    }

    /// <summary>Finds all that matched from a place on, and the groups in it.</summary>
    /// <param name="root">The expression.</param>
    /// <param name="groups">Its number of groups.</param>
    /// <param name="value">The value.</param>
    /// <param name="start">The place.</param>
    /// <param name="work">The work done, also where it was too much: words of sets gone through.</param>
    /// <returns>-1 for the groups that took no part; null where it is no match, or too much work.</returns>
    public static (int Start, int End)[]? Find(PosixNode root, int groups, string value, int start, out long work)
    {
        work = 0;
        if (value.Length > LongestValue)
        {
            return null;
        }

        var run = new PosixGroups(value, groups);
        var found = run.FindFrom(root, start);
        work = run._work;
        return found;
    }

    private (int Start, int End)[]? FindFrom(PosixNode root, int start)
    {
        if (EndsOf(root, start) is not { } ends || Last(ends, _value.Length) is not (>= 0 and var end))
        {
            return null;
        }

        _groups[0] = (start, end);
        return Assign(root, start, end) ? _groups : null;
    }

    /// <summary>The places at which a match of the node that begins at a place can end; null: too much work.</summary>
    private ulong[]? EndsOf(PosixNode node, int at)
    {
        if (_ends.TryGetValue((node, at), out var known))
        {
            return known;
        }

        if (!Spend(_words + 4) || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            _work = MostWork + 1;
            return null;
        }

        var ends = new ulong[_words];
        switch (node)
        {
            case PosixNode.Character character when at < _value.Length && character.Matches(_value[at]):
                Set(ends, at + 1);
                break;
            case PosixNode.Place place when place.Holds(at, _value.Length):
                Set(ends, at);
                break;
            case PosixNode.Group group:
                ends = EndsOf(group.Body, at);
                break;
            case PosixNode.Choice choice:
                foreach (var branch in choice.Branches)
                {
                    Join(ends, EndsOf(branch, at));
                }

                break;
            case PosixNode.Pair pair:
                JoinAll(ends, EndsOf(pair.Head, at), pair.Tail);
                break;
            case PosixNode.Repeat repeat:
                EndsOfRepeat(repeat, at, ends);
                break;
        }

        if (_work > MostWork || ends is null)
        {
            return null;
        }

        _ends[(node, at)] = ends;
        return ends;
    }

    private void EndsOfRepeat(PosixNode.Repeat repeat, int at, ulong[] ends)
    {
        if (repeat.Least == 0)
        {
            Set(ends, at);
        }

        if (repeat.Most > 0 && EndsOf(repeat.Body, at)?.ToArray() is { } once)
        {
            // A repetition of nothing leads nowhere, unless it is one of those that must be.
            if (repeat.Least == 0)
            {
                once[at >> 6] &= ~(1UL << (at & 63));
            }

            JoinAll(ends, once, repeat.Rest);
        }
    }

    /// <summary>Finds what the groups of a node stand for that matches from the one place to the other.</summary>
    private bool Assign(PosixNode node, int at, int end)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return false;
        }

        switch (node)
        {
            case PosixNode.Group group:
                _groups[group.Number] = (at, end);
                return Assign(group.Body, at, end);
            case PosixNode.Choice choice:
                return choice.Branches.FirstOrDefault(branch => Reaches(branch, at, end)) is { } taken && Assign(taken, at, end);
            case PosixNode.Pair pair:
                return Longest(pair.Head, at, pair.Tail, end) is >= 0 and var middle && Assign(pair.Head, at, middle) && Assign(pair.Tail, middle, end);
            case PosixNode.Repeat repeat:
                return AssignRepeat(repeat, at, end);
            default:
                return true;
        }
    }

    /// <summary>The groups inside are those of the last repetition.</summary>
    private bool AssignRepeat(PosixNode.Repeat repeat, int at, int end)
    {
        if (at == end && repeat.Least == 0)
        {
            // Nothing is matched: by one repetition of nothing where the body can do that, otherwise by none.
            return repeat.Most == 0 || !Reaches(repeat.Body, at, end) || Assign(repeat.Body, at, end);
        }

        for (var left = repeat; left.Least > 0 || at < end; left = left.Rest)
        {
            if (left.Most == 0 || Longest(left.Body, at, left.Rest, end) is not (>= 0 and var middle))
            {
                return false;
            }

            _groups.AsSpan(left.FirstGroup, left.EndOfGroups - left.FirstGroup).Fill((-1, -1));
            if ((middle == at && left.Least == 0) || !Assign(left.Body, at, middle))
            {
                return false;
            }

            at = middle;
        }

        return true;
    }

    /// <summary>The last place at which the head can end so that the tail leads to the end; -1 where there is none.</summary>
    private int Longest(PosixNode head, int at, PosixNode tail, int end)
    {
        if (EndsOf(head, at) is not { } ends)
        {
            return -1;
        }

        for (var middle = Last(ends, end); middle >= at; middle = middle == 0 ? -1 : Last(ends, middle - 1))
        {
            if (Reaches(tail, middle, end))
            {
                return middle;
            }
        }

        return -1;
    }

    private bool Reaches(PosixNode node, int at, int end) => EndsOf(node, at) is { } ends && (ends[end >> 6] & (1UL << (end & 63))) != 0;

    private void JoinAll(ulong[] ends, ulong[]? places, PosixNode tail)
    {
        for (var place = places is null ? -1 : Last(places, _value.Length); place >= 0; place = place == 0 ? -1 : Last(places!, place - 1))
        {
            if (_work > MostWork)
            {
                return;
            }

            Join(ends, EndsOf(tail, place));
        }
    }

    private void Join(ulong[] ends, ulong[]? others)
    {
        if (others is null || !Spend(_words))
        {
            return;
        }

        for (var i = 0; i < ends.Length; i++)
        {
            ends[i] |= others[i];
        }
    }

    private bool Spend(int work) => (_work += work) <= MostWork;

    private static void Set(ulong[] bits, int place) => bits[place >> 6] |= 1UL << (place & 63);

    /// <summary>The last place that is set, not after the given one; -1 where there is none.</summary>
    private static int Last(ulong[] bits, int most)
    {
        for (var word = most >> 6; word >= 0; word--)
        {
            var found = word == most >> 6 && (most & 63) < 63 ? bits[word] & ((2UL << (most & 63)) - 1) : bits[word];
            if (found != 0)
            {
                return (word << 6) + System.Numerics.BitOperations.Log2(found);
            }
        }

        return -1;
    }
}
