using System.Buffers.Binary;
using System.Numerics;

namespace PluginMail.Dlp.Fingerprints;

/// <summary>
/// How a segment's file is laid out, as its header says. All numbers are little-endian: eight octets of magic and version, the number of
/// entries (64 bits), the number of bucket bits, the number of document bits, the first document (32 bits each), four octets of nothing; the number
/// of the first entry of each bucket, and of the end (32 bits each); the entries. A bucket is the hashes with the same high bits; an entry is
/// the bits below, and under them the document's number counted from the first one, in as few octets as hold both. Eight octets of nothing
/// end the file, so that any entry can be read as 64 bits.
/// </summary>
/// <param name="BucketBits">High bits of a hash that choose the bucket.</param>
/// <param name="DocumentBits">Bits of a document's number counted from the first.</param>
/// <param name="FirstDocument">The least number of a document.</param>
internal readonly record struct SegmentForm(int BucketBits, int DocumentBits, int FirstDocument)
{
    public const int HeaderLength = 32;
    public const int TrailerLength = sizeof(ulong);
    private const int LeastBucketBits = 16;
    private const int MostBucketBits = 22;
    private const int MostDocumentBits = 24;

    /// <summary>Bits of a hash below those of the bucket.</summary>
    public int RestBits => Winnower.HashBits - BucketBits;

    /// <summary>Octets of an entry, 3 to 6.</summary>
    public int EntryLength => (RestBits + DocumentBits + 7) / 8;

    /// <summary>The greatest number of a document.</summary>
    public int LastDocument => FirstDocument + (1 << DocumentBits) - 1;

    /// <summary>Where the entries begin.</summary>
    public long EntriesOffset => HeaderLength + (4 * ((1L << BucketBits) + 1));

    private static ReadOnlySpan<byte> Magic => "PMDLPSG2"u8;

    /// <summary>The form of a new segment.</summary>
    /// <param name="entries">How many there may be.</param>
    /// <param name="firstDocument">The least number of a document.</param>
    /// <param name="lastDocument">The greatest.</param>
    public static SegmentForm For(long entries, int firstDocument, int lastDocument) => new(
        Math.Clamp(BitOperations.Log2((ulong)Math.Max(1, entries)) - 2, LeastBucketBits, MostBucketBits),
        BitOperations.Log2((uint)Math.Max(1, lastDocument - firstDocument)) + 1,
        firstDocument);

    /// <summary>Reads a header.</summary>
    /// <param name="header">Its octets.</param>
    /// <param name="length">The file's.</param>
    /// <returns>Null where it is none, or not that file's.</returns>
    public static (SegmentForm Form, long Entries)? Read(ReadOnlySpan<byte> header, long length)
    {
        if (!header.StartsWith(Magic))
        {
            return null;
        }

        long entries = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
        var form = new SegmentForm(
            BinaryPrimitives.ReadInt32LittleEndian(header[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[20..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[24..]));
        return form.BucketBits is >= LeastBucketBits and <= MostBucketBits && form.DocumentBits is >= 1 and <= MostDocumentBits
            && form.FirstDocument is >= 0 and < Catalog.MostIds && entries is >= 0 and <= uint.MaxValue
            && length == form.EntriesOffset + (entries * form.EntryLength) + TrailerLength ? (form, entries) : null;
    }

    /// <summary>Writes a header.</summary>
    public void Write(Span<byte> header, long entries)
    {
        header.Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], entries);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], BucketBits);
        BinaryPrimitives.WriteInt32LittleEndian(header[20..], DocumentBits);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], FirstDocument);
    }

    /// <summary>The bucket of a hash.</summary>
    public int Bucket(ulong hash) => (int)(hash >> RestBits);

    /// <summary>The bits of a hash that its bucket does not say.</summary>
    public ulong Rest(ulong hash) => hash & ((1UL << RestBits) - 1);

    /// <summary>The entry of a hash and a document.</summary>
    public ulong Entry(ulong hash, int document) => (Rest(hash) << DocumentBits) | (uint)(document - FirstDocument);

    /// <summary>The document of an entry.</summary>
    public int Document(ulong entry) => FirstDocument + (int)(entry & ((1UL << DocumentBits) - 1));

    /// <summary>The bits of a hash that an entry has.</summary>
    /// <param name="entry">Read as 64 bits, of which those above the entry are not its own.</param>
    public ulong RestOf(ulong entry) => (entry >> DocumentBits) & ((1UL << RestBits) - 1);
}
