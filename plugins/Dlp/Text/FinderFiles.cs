using System.Buffers.Binary;
using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>
/// What the Finder puts beside files into every ZIP archive and mail: AppleDouble (RFC 1740, appendix B) and .DS_Store. They have names and comments;
/// those are read wherever they stand in them.
/// </summary>
internal static class FinderFiles
{
    private const int LongestStore = 256 * 1024;
    private const int LongestDouble = 64 * 1024;
    private const int LeastNarrow = 8;
    private const int LeastWide = 5;
    private const int DataFork = 1;

    /// <summary>Whether a file is one. AppleDouble with a content of its own is none.</summary>
    public static bool Are(ReadOnlySpan<byte> octets) =>
        octets.Length <= LongestStore && (octets.StartsWith("\0\0\0\u0001Bud1"u8) || (octets.Length <= LongestDouble && IsAppleDouble(octets)));

    /// <summary>Writes the runs of characters that are in a file, in UTF-8 and in UTF-16.</summary>
    public static void Write(ReadOnlySpan<byte> octets, ITextSink sink)
    {
        WriteNarrow(octets, sink);
        sink.Break();

        // Of low octets first too: there it lacks one letter of each run.
        WriteWide(octets, sink);
        WriteWide(octets[1..], sink);
        sink.Break();
    }

    private static bool IsAppleDouble(ReadOnlySpan<byte> octets)
    {
        if (octets is not [0, 5, 0x16, 7, 0, 2, 0, 0, ..] || octets.Length < 26)
        {
            return false;
        }

        int count = BinaryPrimitives.ReadUInt16BigEndian(octets[24..]);
        if (count is 0 or > 16 || octets.Length < 26 + (count * 12))
        {
            return false;
        }

        bool isOne = true;
        for (int i = 0; i < count; i++)
        {
            var entry = octets.Slice(26 + (i * 12), 12);
            long end = (long)BinaryPrimitives.ReadUInt32BigEndian(entry[4..]) + BinaryPrimitives.ReadUInt32BigEndian(entry[8..]);
            isOne &= BinaryPrimitives.ReadUInt32BigEndian(entry) != DataFork && end <= octets.Length;
        }

        return isOne;
    }

    private static void WriteNarrow(ReadOnlySpan<byte> octets, ITextSink sink)
    {
        int start = 0;
        for (int at = 0; at <= octets.Length;)
        {
            var rune = default(Rune);
            int length = 1;
            bool isText = at < octets.Length && Rune.DecodeFromUtf8(octets[at..], out rune, out length) == System.Buffers.OperationStatus.Done && !Rune.IsControl(rune);
            if (!isText)
            {
                Write(Encoding.UTF8, octets[start..at], LeastNarrow, sink);
                start = at + Math.Max(length, 1);
            }

            at += Math.Max(length, 1);
        }
    }

    private static void WriteWide(ReadOnlySpan<byte> octets, ITextSink sink)
    {
        int start = 0;
        for (int at = 0; at <= octets.Length; at += 2)
        {
            bool isText = at + 1 < octets.Length && IsWide(octets[at], octets[at + 1]);
            if (!isText)
            {
                Write(Encoding.BigEndianUnicode, octets[start..Math.Min(at, octets.Length)], LeastWide * 2, sink);
                start = Math.Min(at + 2, octets.Length);
            }
        }
    }

    // Latin to Arabic letters, and punctuation: of others, any octets would look like text.
    private static bool IsWide(byte high, byte low) => high switch
    {
        0 => low is >= 0x20 and < 0x7F or > 0xA0,
        <= 6 or 0x20 => true,
        _ => false,
    };

    private static void Write(Encoding encoding, ReadOnlySpan<byte> run, int least, ITextSink sink)
    {
        if (run.Length >= least)
        {
            sink.Write(encoding.GetString(run));
            sink.Write("\n");
        }
    }
}
