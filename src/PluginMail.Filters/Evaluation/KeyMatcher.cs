namespace PluginMail.Filters.Evaluation;

/// <summary>
/// Matches one folded key against folded values. The kinds and their keys are open to whoever wants to match many of them
/// in one pass.
/// </summary>
internal abstract class KeyMatcher(byte[] key)
{
    /// <summary>The folded key.</summary>
    public byte[] Key => key;

    /// <summary>Octets without which no folded value matches; none where nothing is certain.</summary>
    public virtual byte[] Literal => Key;

    /// <summary>Whether a folded value matches.</summary>
    public abstract bool Matches(ReadOnlySpan<byte> value);

    /// <summary>Whether a value matches; for those that look at the value itself rather than at its folded form.</summary>
    public virtual bool Matches(TextValue value, byte[] folded) => Matches(folded);

    /// <summary>All that matched, then what each wildcard or group stood for, in the value's own octets; null where the kind sets no match variables.</summary>
    /// <param name="value">A value that matches.</param>
    /// <param name="comparator">The comparator.</param>
    /// <param name="steps">The work of it beyond that of the comparison.</param>
    public virtual ReadOnlyMemory<byte>[]? Capture(TextValue value, Comparator comparator, out int steps)
    {
        steps = 0;
        return null;
    }

    /// <summary>The work of one comparison in steps.</summary>
    public virtual int CostOf(int valueLength) => 1 + (valueLength >> 8);
}

/// <summary>The whole value.</summary>
internal sealed class EqualKey(byte[] key) : KeyMatcher(key)
{
    public override bool Matches(ReadOnlySpan<byte> value) => value.SequenceEqual(Key);
}

/// <summary>A part of the value.</summary>
internal sealed class ContainsKey(byte[] key) : KeyMatcher(key)
{
    public override bool Matches(ReadOnlySpan<byte> value) => value.IndexOf(Key) >= 0;

    /// <summary>A key that nearly fits everywhere costs the product of the lengths, some thousand octets a step.</summary>
    public override int CostOf(int valueLength) => base.CostOf(valueLength) + (int)Math.Min(((long)Key.Length * valueLength) >> 12, int.MaxValue / 4);
}

/// <summary>The beginning of the value.</summary>
internal sealed class PrefixKey(byte[] key) : KeyMatcher(key)
{
    public override bool Matches(ReadOnlySpan<byte> value) => value.StartsWith(Key);
}

/// <summary>The end of the value.</summary>
internal sealed class SuffixKey(byte[] key) : KeyMatcher(key)
{
    public override bool Matches(ReadOnlySpan<byte> value) => value.EndsWith(Key);
}

/// <summary>A domain or one below it.</summary>
internal sealed class WithinKey(byte[] key) : KeyMatcher(key)
{
    public override bool Matches(ReadOnlySpan<byte> value) =>
        Key.Length > 0 && value.EndsWith(Key) && (value.Length == Key.Length || value[^(Key.Length + 1)] == '.');
}

/// <summary>A pattern with * and ? (RFC 5228 2.7.1).</summary>
internal sealed class GlobKey(byte[] key, bool charactersAreUtf8) : KeyMatcher(key)
{
    private readonly Glob _glob = Glob.Parse(key, charactersAreUtf8);

    public override byte[] Literal => _glob.LongestLiteral();

    public override bool Matches(ReadOnlySpan<byte> value) => _glob.Matches(value);

    public override ReadOnlyMemory<byte>[] Capture(TextValue value, Comparator comparator, out int steps)
    {
        steps = 0;
        var offsets = comparator.OffsetsOf(value.Octets);
        var found = new List<ReadOnlyMemory<byte>> { value.Octets };
        foreach (var (start, end) in _glob.Capture(value.Folded(comparator)))
        {
            var first = offsets?[start] ?? start;
            found.Add(value.Octets.AsMemory(first, Math.Max(0, (offsets?[end] ?? end) - first)));
        }

        return [.. found];
    }

    public override int CostOf(int valueLength) => 1 + (valueLength >> 6) + _glob.CostOf(valueLength);
}
