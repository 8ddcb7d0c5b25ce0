using System.Collections.Immutable;
using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>A range of message numbers or UIDs as the client wrote it, in either order.</summary>
/// <param name="First">One end.</param>
/// <param name="Last">The other.</param>
internal readonly record struct SequenceRange(uint First, uint Last)
{
    /// <summary>What <c>*</c> is read as; no number or UID is 0.</summary>
    public const uint Highest = 0;
}

/// <summary>A range of positions in a folder version, both ends included.</summary>
internal readonly record struct PositionRange(int First, int Last);

/// <summary>A set of messages as the client wrote it (RFC 3501 section 9, sequence-set).</summary>
/// <param name="Ranges">In the client's order.</param>
internal sealed record SequenceSet(ImmutableArray<SequenceRange> Ranges)
{
    /// <summary>No messages.</summary>
    public static readonly SequenceSet Empty = new([]);

    /// <summary>Finds the messages that the set names by UID.</summary>
    /// <param name="version">Where they are.</param>
    /// <returns>Ranges of positions, rising, apart from each other.</returns>
    public ImmutableArray<PositionRange> ResolveUids(FolderVersion version)
    {
        if (version.Count == 0)
        {
            return [];
        }

        List<PositionRange> found = [];
        uint highest = version[version.Count - 1].Uid;
        foreach (SequenceRange range in Ranges)
        {
            (uint low, uint high) = Order(range, highest);
            int first = version.IndexOf(low);
            int last = version.IndexOf(high);
            first = first < 0 ? ~first : first;
            last = last < 0 ? ~last - 1 : last;
            if (first <= last)
            {
                found.Add(new PositionRange(first, last));
            }
        }

        return Merge(found);
    }

    /// <summary>Finds the messages that the set names by sequence number.</summary>
    /// <param name="version">Where they are.</param>
    /// <param name="positions">Ranges of positions, rising, apart from each other.</param>
    /// <returns>False where a number is higher than there are messages.</returns>
    public bool TryResolveNumbers(FolderVersion version, out ImmutableArray<PositionRange> positions)
    {
        List<PositionRange> found = [];
        positions = [];
        foreach (SequenceRange range in Ranges)
        {
            bool isOpen = range.First == SequenceRange.Highest || range.Last == SequenceRange.Highest;
            if (isOpen && version.Count == 0)
            {
                continue;
            }

            (uint low, uint high) = Order(range, (uint)version.Count);
            if (high > version.Count && !isOpen)
            {
                return false;
            }

            found.Add(new PositionRange((int)Math.Min(low, (uint)version.Count) - 1, (int)Math.Min(high, (uint)version.Count) - 1));
        }

        positions = Merge(found);
        return true;
    }

    private static (uint Low, uint High) Order(SequenceRange range, uint highest)
    {
        uint first = range.First == SequenceRange.Highest ? highest : range.First;
        uint last = range.Last == SequenceRange.Highest ? highest : range.Last;
        return first <= last ? (first, last) : (last, first);
    }

    private static ImmutableArray<PositionRange> Merge(List<PositionRange> ranges)
    {
        ranges.Sort((left, right) => left.First.CompareTo(right.First));
        ImmutableArray<PositionRange>.Builder merged = ImmutableArray.CreateBuilder<PositionRange>();
        foreach (PositionRange range in ranges)
        {
            if (merged.Count > 0 && range.First <= merged[^1].Last + 1)
            {
                merged[^1] = merged[^1] with { Last = Math.Max(merged[^1].Last, range.Last) };
            }
            else
            {
                merged.Add(range);
            }
        }

        return merged.ToImmutable();
    }
}
