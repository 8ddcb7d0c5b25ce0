namespace PluginMail.Dlp.Text;

/// <summary>Walks the entries of a tar archive (POSIX.1-1988 ustar, and what came before and after it: the blocks are the same).</summary>
/// <param name="budget">The budget; each entry takes one.</param>
/// <param name="leaf">Takes each entry: the files and folders, and the long names and attributes that stand before some.</param>
internal sealed class TarFile(TextBudget budget, Action<Stream, string> leaf)
{
    private const int BlockLength = 512;
    private const int NameLength = 100;
    private const int SizeAt = 124;
    private const int SizeLength = 12;
    private const int ChecksumAt = 148;
    private const int ChecksumLength = 8;

    /// <summary>Whether octets begin with a header: its checksum is right.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < BlockLength || octets[0] == 0 || Octal(octets.Slice(ChecksumAt, ChecksumLength)) is not { } checksum)
        {
            return false;
        }

        long sum = ' ' * ChecksumLength;
        for (int i = 0; i < BlockLength; i++)
        {
            sum += i is >= ChecksumAt and < ChecksumAt + ChecksumLength ? 0 : octets[i];
        }

        return sum == checksum;
    }

    /// <summary>Reads an archive.</summary>
    public void Read(Stream archive)
    {
        byte[] header = new byte[BlockLength];
        int count;
        while ((count = archive.ReadAtLeast(header, BlockLength, throwOnEndOfStream: false)) == BlockLength && header.AsSpan().ContainsAnyExcept((byte)0))
        {
            if (!IsHeader(header) || Octal(header.AsSpan(SizeAt, SizeLength)) is not { } size)
            {
                budget.Report("a damaged document");
                return;
            }

            if (!budget.TakeEntry())
            {
                return;
            }

            using var content = new Slice(archive, size);
            leaf(content, Name(header));
            content.Skip();
            Slice.Skip(archive, -size & (BlockLength - 1));
        }

        // The last entry is followed by zeros alone.
        for (; count > 0; count = budget.IsInTime() ? archive.Read(header) : 0)
        {
            if (header.AsSpan(0, count).ContainsAnyExcept((byte)0))
            {
                budget.Report("an archive with something behind its end");
                return;
            }
        }
    }

    private static string Name(ReadOnlySpan<byte> header)
    {
        var name = header[..NameLength];
        int end = name.IndexOf((byte)0);
        return Charsets.Of(null, name).GetString(end < 0 ? name : name[..end]);
    }

    // Null where it is no number; numbers of more than eleven digits are of files larger than any that is looked into.
    private static long? Octal(ReadOnlySpan<byte> field)
    {
        field = field.Trim(" \0"u8);
        long value = 0;
        foreach (byte c in field)
        {
            if (c is < (byte)'0' or > (byte)'7')
            {
                return null;
            }

            value = (value * 8) + c - '0';
        }

        return value;
    }

    /// <summary>So many octets of a stream.</summary>
    private sealed class Slice(Stream inner, long length) : ReadOnlyStream
    {
        private long _left = length;

        public static void Skip(Stream stream, long count)
        {
            using var slice = new Slice(stream, count);
            slice.Skip();
        }

        public void Skip()
        {
            Span<byte> buffer = stackalloc byte[BlockLength];
            while (Read(buffer) > 0)
            {
            }
        }

        public override int Read(Span<byte> buffer)
        {
            int count = inner.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
            _left = count == 0 ? 0 : _left - count;
            return count;
        }
    }
}
