using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>Flags as the wire has them (RFC 3501 section 2.3.2).</summary>
internal static class FlagNames
{
    private static readonly byte[][] System =
        [@"\Seen"u8.ToArray(), @"\Answered"u8.ToArray(), @"\Flagged"u8.ToArray(), @"\Deleted"u8.ToArray(), @"\Draft"u8.ToArray()];

    /// <summary>The bit of a system flag.</summary>
    /// <param name="name">Without the backslash, any case.</param>
    /// <param name="flag">One bit.</param>
    public static bool TryParseSystem(ReadOnlySpan<byte> name, out MessageFlags flag)
    {
        for (int i = 0; i < System.Length; i++)
        {
            if (Ascii.EqualsIgnoreCase(name, System[i].AsSpan(1)))
            {
                flag = new MessageFlags(1UL << i);
                return true;
            }
        }

        flag = default;
        return false;
    }

    /// <summary>Writes flags with spaces between, in parentheses.</summary>
    public static void Write(ImapWriter writer, MessageFlags flags, ImmutableArray<string> keywords, bool isRecent)
    {
        writer.Write("("u8);
        bool first = true;
        for (ulong bits = flags.Bits; bits != 0; bits &= bits - 1)
        {
            int bit = BitOperations.TrailingZeroCount(bits);
            if (bit < System.Length)
            {
                Separate(writer, ref first);
                writer.Write(System[bit]);
            }
            else if (bit >= 8 && bit - 8 < keywords.Length)
            {
                Separate(writer, ref first);
                writer.WriteAscii(keywords[bit - 8]);
            }
        }

        if (isRecent)
        {
            Separate(writer, ref first);
            writer.Write(@"\Recent"u8);
        }

        writer.Write(")"u8);
    }

    /// <summary>Writes the list of all flags that a folder knows.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="keywords">The folder's.</param>
    /// <param name="withNew">Whether <c>\*</c> says that there may be more.</param>
    public static void WriteAll(ImapWriter writer, ImmutableArray<string> keywords, bool withNew)
    {
        writer.Write(@"(\Answered \Flagged \Deleted \Seen \Draft"u8);
        foreach (string keyword in keywords)
        {
            writer.Write(" "u8);
            writer.WriteAscii(keyword);
        }

        writer.Write(withNew ? @" \*)"u8 : ")"u8);
    }

    private static void Separate(ImapWriter writer, ref bool first)
    {
        if (!first)
        {
            writer.Write(" "u8);
        }

        first = false;
    }
}
