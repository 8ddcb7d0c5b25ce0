using PluginMail.Abstractions;

namespace PluginMail.Storage.Tests;

public sealed class ChecksumTests
{
    [Fact]
    public void The_checksum_is_crc32c()
    {
        Assert.Equal(0xE3069283, Checksum.Of("123456789"u8)); // the check value of the catalogue
        Assert.Equal(0x8A9136AAu, Checksum.Of(new byte[32])); // RFC 3720 appendix B.4
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(200_000)]
    public void Blocks_written_in_pieces_have_the_checksums_of_the_whole(int length)
    {
        byte[] octets = new byte[length];
        new Random(length).NextBytes(octets);
        var checksums = new BlockChecksums();
        for (int i = 0; i < length; i += 777)
        {
            checksums.Append(octets.AsSpan(i, Math.Min(777, length - i)));
        }

        Assert.Equal(BlockChecksums.Of(new MemoryContent(octets)), checksums.Complete());
        Assert.Equal(octets.Chunk(BlockChecksums.BlockSize).Select(block => Checksum.Of(block)), BlockChecksums.Of(new MemoryContent(octets)));
    }

    [Fact]
    public void A_mark_is_read_back_and_any_changed_octet_is_noticed()
    {
        var record = new BodyRecord(0x1234_5678_9ABC, 70_000, 17, 0xDEADBEEF);
        byte[] mark = new byte[BodyRecord.MarkLength];
        record.Write(mark);
        Assert.True(BodyRecord.TryRead(mark, out BodyRecord read));
        Assert.Equal(record, read);
        for (int i = 0; i < mark.Length; i++)
        {
            mark[i] ^= 0x10;
            Assert.False(BodyRecord.TryRead(mark, out _));
            mark[i] ^= 0x10;
        }

        Assert.False(BodyRecord.TryRead(mark.AsSpan(1), out _));
    }

    [Fact]
    public void A_key_says_where_the_body_lies()
    {
        BodyKey key = BodyLocation.Packed(4711, 268_435_448);
        Assert.Equal((4711, 268_435_448L, false), (BodyLocation.Segment(key), BodyLocation.Offset(key), BodyLocation.IsFile(key)));
        Assert.Equal(9, BodyLocation.FileNumber(BodyLocation.File(9)));
        Assert.True(BodyLocation.IsFile(BodyLocation.File(9)));
    }
}
