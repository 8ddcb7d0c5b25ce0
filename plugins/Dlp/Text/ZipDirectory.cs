using System.Buffers.Binary;

namespace PluginMail.Dlp.Text;

/// <summary>Counts the files of an archive before anything is made of them (APPNOTE.TXT 4.3.12, 4.3.16).</summary>
internal static class ZipDirectory
{
    private const int EndLength = 22;
    private const int EntryLength = 46;

    /// <summary>Whether an archive has a directory that can be walked, of no more than some entries. Archives of ZIP64 are not read.</summary>
    public static bool IsBounded(ReadOnlySpan<byte> archive, int mostEntries)
    {
        int searched = Math.Max(0, archive.Length - EndLength - ushort.MaxValue);
        int end = archive[searched..].LastIndexOf("PK\u0005\u0006"u8);
        if (end < 0 || archive.Length - searched - end < EndLength)
        {
            return false;
        }

        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(archive[(searched + end + 16)..]);
        int entries = 0;
        for (long at = offset; at + EntryLength <= archive.Length;)
        {
            var entry = archive[(int)at..];
            if (!entry.StartsWith("PK\u0001\u0002"u8))
            {
                return true;
            }

            if (++entries > mostEntries)
            {
                return false;
            }

            at += EntryLength + BinaryPrimitives.ReadUInt16LittleEndian(entry[28..]) + BinaryPrimitives.ReadUInt16LittleEndian(entry[30..])
                + BinaryPrimitives.ReadUInt16LittleEndian(entry[32..]);
        }

        return offset <= archive.Length;
    }
}
