using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace PluginMail.Storage;

/// <summary>What stands around a body on disk, so that an index can be rebuilt from the files alone.</summary>
/// <remarks>
/// In a pack segment, at an offset that is a multiple of 8: mark (40 octets), one CRC-32C for each 64 KiB of content, content, structure,
/// zeros up to the next multiple of 8. In a file of its own: content, checksums, structure, mark; the key there is 0, the name bears it.
/// The mark, little endian: "PMB" 0x01, CRC-32C of octets 8–39, key (8), content length (8), structure length (4), block count (4),
/// CRC-32C of checksums and structure (4), zero (4).
/// </remarks>
/// <param name="Key">The key.</param>
/// <param name="Length">Octets of content.</param>
/// <param name="StructureLength">Octets of structure.</param>
/// <param name="TailChecksum">CRC-32C of checksums and structure.</param>
internal readonly record struct BodyRecord(long Key, long Length, int StructureLength, uint TailChecksum)
{
    public const int MarkLength = 40;

    private const uint Magic = 0x01424D50;

    public int BlockCount => BlockChecksums.CountFor(Length);

    public int TableLength => BlockCount * sizeof(uint);

    /// <summary>Where content begins in a pack record.</summary>
    public int ContentOffset => MarkLength + TableLength;

    /// <summary>Octets of the whole record in a pack, padding included.</summary>
    public long PackedLength => Align(ContentOffset + Length + StructureLength);

    public static long Align(long length) => (length + 7) & ~7L;

    public static long PackedLengthOf(long length, int structureLength) => new BodyRecord(0, length, structureLength, 0).PackedLength;

    public static uint ChecksumOfTail(ReadOnlySpan<uint> table, ReadOnlySpan<byte> structure) =>
        Checksum.Finish(Checksum.Append(Checksum.Append(Checksum.Seed, MemoryMarshal.AsBytes(table)), structure));

    public void Write(Span<byte> mark)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(mark, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(mark[8..], Key);
        BinaryPrimitives.WriteInt64LittleEndian(mark[16..], Length);
        BinaryPrimitives.WriteInt32LittleEndian(mark[24..], StructureLength);
        BinaryPrimitives.WriteInt32LittleEndian(mark[28..], BlockCount);
        BinaryPrimitives.WriteUInt32LittleEndian(mark[32..], TailChecksum);
        BinaryPrimitives.WriteUInt32LittleEndian(mark[36..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(mark[4..], Checksum.Of(mark[8..MarkLength]));
    }

    public static bool TryRead(ReadOnlySpan<byte> mark, out BodyRecord record)
    {
        record = default;
        if (mark.Length < MarkLength || BinaryPrimitives.ReadUInt32LittleEndian(mark) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(mark[4..]) != Checksum.Of(mark[8..MarkLength]))
        {
            return false;
        }

        record = new BodyRecord(
            BinaryPrimitives.ReadInt64LittleEndian(mark[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(mark[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(mark[24..]),
            BinaryPrimitives.ReadUInt32LittleEndian(mark[32..]));
        return record is { Length: >= 0, StructureLength: >= 0 }
            && record.BlockCount == BinaryPrimitives.ReadInt32LittleEndian(mark[28..]);
    }
}
