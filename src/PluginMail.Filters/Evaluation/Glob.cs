namespace PluginMail.Filters.Evaluation;

/// <summary>
/// A :matches pattern: segments between stars. Each segment takes the first place where it fits, which decides the match
/// without going back: the time is at most the length of the pattern times the length of the value.
/// </summary>
internal sealed class Glob
{
    private readonly Segment[] _segments;
    private readonly bool _charactersAreUtf8;

    private Glob(Segment[] segments, bool charactersAreUtf8)
    {
        _segments = segments;
        _charactersAreUtf8 = charactersAreUtf8;
    }

    /// <summary>Reads a pattern; a backslash takes the meaning from the character after it.</summary>
    public static Glob Parse(ReadOnlySpan<byte> pattern, bool charactersAreUtf8)
    {
        var segments = new List<Segment>();
        var octets = new List<byte>();
        var wild = new List<bool>();
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '*')
            {
                segments.Add(new([.. octets], [.. wild]));
                octets.Clear();
                wild.Clear();
                continue;
            }

            wild.Add(pattern[i] == '?');
            i += pattern[i] == '\\' && i + 1 < pattern.Length ? 1 : 0;
            octets.Add(pattern[i]);
        }

        segments.Add(new([.. octets], [.. wild]));
        return new([.. segments], charactersAreUtf8);
    }

    /// <summary>The work of a match in steps.</summary>
    public int CostOf(int valueLength)
    {
        long cost = _segments.Length;
        foreach (var segment in _segments)
        {
            // One octet after the other where there are wildcards, vectors of them otherwise.
            cost += ((long)segment.Length * valueLength) >> (segment.HasWild ? 4 : 12);
        }

        return (int)Math.Min(cost, int.MaxValue / 4);
    }

    /// <summary>Whether the whole value fits.</summary>
    public bool Matches(ReadOnlySpan<byte> value)
    {
        var at = _segments[0].FitAt(value, _charactersAreUtf8);
        if (at < 0 || _segments.Length == 1)
        {
            return at == value.Length;
        }

        for (var i = 1; i < _segments.Length - 1; i++)
        {
            var found = _segments[i].Find(value[at..], _charactersAreUtf8);
            if (found < 0)
            {
                return false;
            }

            at += found;
        }

        return _segments[^1].FitsEnd(value[at..], _charactersAreUtf8);
    }

    /// <summary>The longest run of octets that every match holds.</summary>
    public byte[] LongestLiteral() => _segments.Select(segment => segment.LongestLiteral()).MaxBy(literal => literal.Length) ?? [];

    /// <summary>Where each wildcard of a value that matches begins and ends, in the order of the pattern; each takes as little as it can (RFC 5229 3.2).</summary>
    public List<(int Start, int End)> Capture(ReadOnlySpan<byte> value)
    {
        var found = new List<(int, int)>();
        var end = _segments[0].Captures(value, 0, _charactersAreUtf8, found);
        for (var i = 1; i < _segments.Length; i++)
        {
            var start = i < _segments.Length - 1
                ? _segments[i].FindStart(value, end, _charactersAreUtf8)
                : _segments[i].StartAtEnd(value, end, _charactersAreUtf8);
            found.Add((end, start));
            end = _segments[i].Captures(value, start, _charactersAreUtf8, found);
        }

        return found;
    }

    /// <summary>Octets between two stars; where Wild is set, any one character fits.</summary>
    private readonly struct Segment(byte[] octets, bool[] wild)
    {
        public int Length => octets.Length;

        public bool HasWild { get; } = wild.AsSpan().Contains(true);

        /// <summary>The length of what fits at the beginning of the value, or -1.</summary>
        public int FitAt(ReadOnlySpan<byte> value, bool utf8)
        {
            if (!HasWild)
            {
                return value.StartsWith(octets) ? octets.Length : -1;
            }

            var at = 0;
            for (var i = 0; i < octets.Length; i++)
            {
                if (at >= value.Length || (!wild[i] && value[at] != octets[i]))
                {
                    return -1;
                }

                at += wild[i] && utf8 ? CharacterLength(value[at..]) : 1;
            }

            return at;
        }

        /// <summary>The end of the first place where it fits, or -1.</summary>
        public int Find(ReadOnlySpan<byte> value, bool utf8)
        {
            if (!HasWild)
            {
                var found = value.IndexOf(octets);
                return found < 0 ? -1 : found + octets.Length;
            }

            for (var start = 0; start + octets.Length <= value.Length; start++)
            {
                if (IsBoundary(value, start, utf8) && FitAt(value[start..], utf8) is >= 0 and var length)
                {
                    return start + length;
                }
            }

            return -1;
        }

        /// <summary>Whether it fits at the end of the value, all that is left before it going to the star.</summary>
        public bool FitsEnd(ReadOnlySpan<byte> value, bool utf8)
        {
            if (!HasWild || !utf8)
            {
                return value.Length >= octets.Length && FitAt(value[^octets.Length..], utf8: false) == octets.Length;
            }

            var longest = 4 * octets.Length;
            for (var start = Math.Max(0, value.Length - longest); start <= value.Length; start++)
            {
                if (IsBoundary(value, start, utf8) && FitAt(value[start..], utf8) == value.Length - start)
                {
                    return true;
                }
            }

            return false;
        }

        /// <summary>The longest run without wildcards.</summary>
        public byte[] LongestLiteral()
        {
            var best = 0..0;
            var start = 0;
            for (var i = 0; i <= octets.Length; i++)
            {
                if (i < octets.Length && !wild[i])
                {
                    continue;
                }

                best = i - start > best.End.Value - best.Start.Value ? start..i : best;
                start = i + 1;
            }

            return octets[best];
        }

        /// <summary>Notes what its wildcards stand for where it fits at a place; returns the end.</summary>
        public int Captures(ReadOnlySpan<byte> value, int at, bool utf8, List<(int, int)> found)
        {
            for (var i = 0; i < octets.Length; i++)
            {
                var length = wild[i] && utf8 ? CharacterLength(value[at..]) : 1;
                if (wild[i])
                {
                    found.Add((at, at + length));
                }

                at += length;
            }

            return at;
        }

        /// <summary>The first place from an offset on where it fits; there is one.</summary>
        public int FindStart(ReadOnlySpan<byte> value, int from, bool utf8)
        {
            if (!HasWild)
            {
                return from + Math.Max(0, value[from..].IndexOf(octets));
            }

            for (var start = from; start < value.Length; start++)
            {
                if (IsBoundary(value, start, utf8) && FitAt(value[start..], utf8) >= 0)
                {
                    return start;
                }
            }

            return value.Length;
        }

        /// <summary>The place where it fits up to the end; there is one.</summary>
        public int StartAtEnd(ReadOnlySpan<byte> value, int from, bool utf8)
        {
            if (!HasWild || !utf8)
            {
                return value.Length - octets.Length;
            }

            for (var start = Math.Max(from, value.Length - (4 * octets.Length)); start < value.Length; start++)
            {
                if (IsBoundary(value, start, utf8) && FitAt(value[start..], utf8) == value.Length - start)
                {
                    return start;
                }
            }

            return value.Length;
        }

        private static bool IsBoundary(ReadOnlySpan<byte> value, int at, bool utf8) =>
            !utf8 || at >= value.Length || (value[at] & 0xC0) != 0x80;

        private static int CharacterLength(ReadOnlySpan<byte> value)
        {
            var length = 1;
            while (length < 4 && length < value.Length && (value[length] & 0xC0) == 0x80)
            {
                length++;
            }

            return length;
        }
    }
}
