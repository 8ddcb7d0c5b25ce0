using System.Collections.Immutable;
using System.Text;
using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>The messages that a command is about: a set of sequence numbers, or of UIDs in the UID family.</summary>
/// <param name="Set">As the client wrote it.</param>
/// <param name="IsUid">Whether its numbers are UIDs.</param>
internal sealed record MessageSet(SequenceSet Set, bool IsUid)
{
    /// <summary>Reads a sequence set behind a space.</summary>
    /// <returns>The set; null with the reader's error.</returns>
    public static MessageSet? Parse(ref ImapReader reader, bool isUid) =>
        reader.ExpectSpace() && reader.ReadSequenceSet(out SequenceSet set) ? new MessageSet(set, isUid) : null;

    /// <summary>Finds the messages.</summary>
    /// <param name="version">Where.</param>
    /// <returns>Their positions as rising ranges; null where a sequence number is higher than there are messages.</returns>
    public ImmutableArray<PositionRange>? Resolve(FolderVersion version) =>
        IsUid ? Set.ResolveUids(version) : Set.TryResolveNumbers(version, out ImmutableArray<PositionRange> positions) ? positions : null;

    /// <summary>The UIDs at some positions.</summary>
    public static List<uint> UidsOf(FolderVersion version, ImmutableArray<PositionRange> positions)
    {
        List<uint> uids = new(positions.Sum(range => range.Last - range.First + 1));
        foreach (PositionRange range in positions)
        {
            for (int i = range.First; i <= range.Last; i++)
            {
                uids.Add(version[i].Uid);
            }
        }

        return uids;
    }

    /// <summary>Writes numbers as a set, runs as ranges, in their order (RFC 4315 section 3).</summary>
    public static string Format(IEnumerable<uint> numbers)
    {
        var text = new StringBuilder();
        uint first = 0, last = 0;
        foreach (uint number in numbers)
        {
            if (last != 0 && number == last + 1)
            {
                last = number;
                continue;
            }

            Append(text, first, last);
            first = last = number;
        }

        Append(text, first, last);
        return text.ToString();
    }

    private static void Append(StringBuilder text, uint first, uint last)
    {
        if (first == 0)
        {
            return;
        }

        text.Append(text.Length > 0 ? "," : "").Append(first);
        if (last != first)
        {
            text.Append(':').Append(last);
        }
    }
}
