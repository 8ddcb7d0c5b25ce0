using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PluginMail.Storage;

/// <summary>Reads a body with all that stands around it, and says what is wrong.</summary>
internal sealed class BodyVerifier(StoreLayout layout, PackSegments segments)
{
    /// <summary>Verifies one body.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="length">The octets it should have.</param>
    /// <param name="structure">The structure that is kept with it.</param>
    /// <returns>Null where all is well.</returns>
    public string? Verify(BodyKey key, long length, ReadOnlySpan<byte> structure)
    {
        try
        {
            return BodyLocation.IsFile(key) ? VerifyFile(key, length, structure) : VerifyPacked(key, length, structure);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return fault.Message;
        }
    }

    private string? VerifyFile(BodyKey key, long length, ReadOnlySpan<byte> structure)
    {
        LargeBodyFile file = LargeBodyFile.Open(layout.LargeBody(BodyLocation.FileNumber(key)));
        using SafeFileHandle handle = file.Handle;
        return file.Record.Length != length || BodyRecord.ChecksumOfTail(file.Checksums, structure) != file.Record.TailChecksum
            ? "another body than its row says"
            : VerifyBlocks(handle, 0, length, file.Checksums);
    }

    private string? VerifyPacked(BodyKey key, long length, ReadOnlySpan<byte> structure)
    {
        SafeFileHandle handle = segments.Get(BodyLocation.Segment(key));
        long offset = BodyLocation.Offset(key);
        byte[] head = new byte[BodyRecord.MarkLength + (BlockChecksums.CountFor(length) * sizeof(uint))];
        if (RandomAccess.Read(handle, head, offset) < head.Length || !BodyRecord.TryRead(head, out BodyRecord record))
        {
            return "no record where it should lie";
        }

        uint[] table = MemoryMarshal.Cast<byte, uint>(head.AsSpan(BodyRecord.MarkLength)).ToArray();
        return record.Key != key.Value || record.Length != length || BodyRecord.ChecksumOfTail(table, structure) != record.TailChecksum
            ? "another body than its row says"
            : VerifyBlocks(handle, offset + record.ContentOffset, length, table);
    }

    private static string? VerifyBlocks(SafeFileHandle handle, long start, long length, uint[] checksums)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BlockChecksums.BlockSize);
        try
        {
            for (int block = 0; block < checksums.Length; block++)
            {
                long position = (long)block * BlockChecksums.BlockSize;
                Span<byte> octets = buffer.AsSpan(0, (int)Math.Min(BlockChecksums.BlockSize, length - position));
                if (RandomAccess.Read(handle, octets, start + position) < octets.Length || Checksum.Of(octets) != checksums[block])
                {
                    return $"wrong checksum of block {block}";
                }
            }

            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
