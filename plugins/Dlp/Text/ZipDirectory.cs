using System.Buffers.Binary;

namespace PluginMail.Dlp.Text;

/// <summary>Finds the archive in octets, and counts its files before anything is made of them (APPNOTE.TXT 4.3.12, 4.3.16).</summary>
internal static class ZipDirectory
{
    private const int EndLength = 22;
    private const int EntryLength = 46;
    private const int MostEnds = 16;

    /// <summary>
    /// Finds an archive by the end of its directory: something else may stand before it, as in archives that unpack themselves.
    /// Archives of ZIP64 are not found.
    /// </summary>
    /// <returns>Where it lies; null where there is none.</returns>
    public static Range? Locate(ReadOnlySpan<byte> octets)
    {
        int searched = Math.Max(0, octets.Length - EndLength - ushort.MaxValue);
        int ends = 0;
        for (int end = octets.Length; ends < MostEnds; ends++)
        {
            int found = octets[searched..end].LastIndexOf("PK\u0005\u0006"u8);
            if (found < 0)
            {
                return null;
            }

            end = searched + found;
            if (octets.Length - end >= EndLength)
            {
                long size = BinaryPrimitives.ReadUInt32LittleEndian(octets[(end + 12)..]);
                long offset = BinaryPrimitives.ReadUInt32LittleEndian(octets[(end + 16)..]);
                int comment = BinaryPrimitives.ReadUInt16LittleEndian(octets[(end + 20)..]);
                if (size <= end && (size == 0 || octets[(int)(end - size)..].StartsWith("PK\u0001\u0002"u8)))
                {
                    // Offsets count from the archive's start, or, where a program mended them, from the file's.
                    long start = end - size - offset;
                    return start < 0 ? null : (int)start..Math.Min(octets.Length, end + EndLength + comment);
                }
            }
        }

        return null;
    }

    /// <summary>Whether a stream, read to its end, ends as an archive does.</summary>
    public static bool IsAtEndOf(Stream stream)
    {
        const int Longest = EndLength + ushort.MaxValue;
        byte[] tail = new byte[2 * Longest];
        int count = 0;
        int read;
        while ((read = stream.Read(tail, count, tail.Length - count)) > 0)
        {
            count += read;
            if (count == tail.Length)
            {
                tail.AsSpan(Longest).CopyTo(tail);
                count = Longest;
            }
        }

        var octets = tail.AsSpan(0, count);
        int end = octets.LastIndexOf("PK\u0005\u0006"u8);
        return end >= 0 && count - end >= EndLength && BinaryPrimitives.ReadUInt16LittleEndian(octets[(end + 20)..]) <= count - end - EndLength
            && BinaryPrimitives.ReadUInt16LittleEndian(octets[(end + 10)..]) > 0;
    }

    /// <summary>Whether an archive has a directory that can be walked, of no more than some entries.</summary>
    /// <param name="archive">As <see cref="Locate"/> found it.</param>
    /// <param name="mostEntries">How many there may be.</param>
    public static bool IsBounded(ReadOnlySpan<byte> archive, int mostEntries)
    {
        long at = Start(archive);
        bool isWalked = at >= 0 && at <= archive.Length;
        for (int entries = 0; isWalked && Next(archive, ref at, out _); entries++)
        {
            isWalked = entries < mostEntries;
        }

        return isWalked;
    }

    /// <summary>Where the entries of an archive lie, in the order of its directory.</summary>
    /// <param name="archive">One that <see cref="IsBounded"/>.</param>
    public static List<ZipPlace> Places(ReadOnlySpan<byte> archive)
    {
        List<ZipPlace> places = [];
        for (long at = Start(archive); at >= 0 && Next(archive, ref at, out var place);)
        {
            places.Add(place);
        }

        return places;
    }

    // -1 where there is no directory.
    private static long Start(ReadOnlySpan<byte> archive)
    {
        int searched = Math.Max(0, archive.Length - EndLength - ushort.MaxValue);
        int end = archive[searched..].LastIndexOf("PK\u0005\u0006"u8);
        return end < 0 || archive.Length - searched - end < EndLength ? -1 : BinaryPrimitives.ReadUInt32LittleEndian(archive[(searched + end + 16)..]);
    }

    private static bool Next(ReadOnlySpan<byte> archive, ref long at, out ZipPlace place)
    {
        place = default;
        if (at + EntryLength > archive.Length || !archive[(int)at..].StartsWith("PK\u0001\u0002"u8))
        {
            return false;
        }

        var entry = archive[(int)at..];
        place = new ZipPlace(
            BinaryPrimitives.ReadUInt32LittleEndian(entry[42..]),
            BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]),
            BinaryPrimitives.ReadUInt16LittleEndian(entry[10..]),
            BinaryPrimitives.ReadUInt16LittleEndian(entry[8..]));
        at += EntryLength + BinaryPrimitives.ReadUInt16LittleEndian(entry[28..]) + BinaryPrimitives.ReadUInt16LittleEndian(entry[30..])
            + BinaryPrimitives.ReadUInt16LittleEndian(entry[32..]);
        return true;
    }
}
