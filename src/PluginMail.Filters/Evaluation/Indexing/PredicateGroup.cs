namespace PluginMail.Filters.Evaluation;

/// <summary>Predicates that one pass over one source decides.</summary>
internal abstract class PredicateGroup
{
    /// <summary>Whether the source is read in any case, so that a scan before it is asked for costs next to nothing.</summary>
    public abstract bool IsCheap { get; }

    /// <summary>Sets the bits of the predicates that hold.</summary>
    public abstract void Scan(FilterRun run, PredicateBits hits);
}

/// <summary>A set of predicates.</summary>
internal sealed class PredicateBits(int count)
{
    private readonly ulong[] _words = new ulong[(count + 63) / 64];

    public bool this[int predicate] => (_words[predicate >> 6] & (1UL << predicate)) != 0;

    public void Set(int predicate) => _words[predicate >> 6] |= 1UL << predicate;

    public void Set(ReadOnlySpan<int> predicates)
    {
        foreach (var predicate in predicates)
        {
            Set(predicate);
        }
    }

    public void Clear() => Array.Clear(_words);

    public void CopyFrom(PredicateBits other) => other._words.AsSpan().CopyTo(_words);

    /// <summary>The first element that is not below a number; -1: none.</summary>
    public int Next(int from)
    {
        var word = from >> 6;
        if (word >= _words.Length)
        {
            return -1;
        }

        var bits = _words[word] & (ulong.MaxValue << from);
        while (bits == 0)
        {
            if (++word == _words.Length)
            {
                return -1;
            }

            bits = _words[word];
        }

        return (word << 6) + System.Numerics.BitOperations.TrailingZeroCount(bits);
    }
}
