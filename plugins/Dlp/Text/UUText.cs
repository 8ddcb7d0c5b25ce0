namespace PluginMail.Dlp.Text;

/// <summary>Undoes uuencode (POSIX.1-2017, uuencode): what stands between the lines of its begin and its end.</summary>
internal static class UUText
{
    private const int GroupLength = 3;

    /// <summary>Decodes a body. Without a line that begins it, it is decoded from its start.</summary>
    public static ReadOnlyMemory<byte> Decode(ReadOnlySpan<byte> body)
    {
        int begin = body.StartsWith("begin "u8) ? 0 : body.IndexOf("\nbegin "u8) + 1;
        bool isInside = !body[begin..].StartsWith("begin "u8);
        byte[] octets = new byte[body.Length + GroupLength];
        int count = 0;
        foreach (var range in body.Split((byte)'\n'))
        {
            var line = body[range].TrimEnd((byte)'\r');
            bool isBegin = line.StartsWith("begin "u8);
            if (isInside && !isBegin && !line.SequenceEqual("end"u8))
            {
                count += DecodeLine(line, octets.AsSpan(count));
            }

            isInside = isBegin || (isInside && !line.SequenceEqual("end"u8));
        }

        return octets.AsMemory(0, count);
    }

    /// <summary>Decodes a line that has as much data as it says; blanks at its end may be lost.</summary>
    /// <param name="line">The line, without its end.</param>
    /// <param name="octets">Takes the octets; as long as the line.</param>
    /// <returns>How many octets it has; 0 where it ends a file, -1 where it is no such line.</returns>
    public static int DecodeWholeLine(ReadOnlySpan<byte> line, Span<byte> octets)
    {
        int characters = (Six(line[0]) + GroupLength - 1) / GroupLength * (GroupLength + 1);
        bool isData = !line.ContainsAnyExceptInRange((byte)' ', (byte)'`') && line.Length - 1 <= characters + GroupLength && (characters == 0 || line.Length > 1);
        return isData ? DecodeLine(line, octets) : -1;
    }

    // Its first character says how many octets it has; there are no more than three of four characters.
    private static int DecodeLine(ReadOnlySpan<byte> line, Span<byte> octets)
    {
        int stated = line.IsEmpty ? 0 : Six(line[0]);
        var data = line.IsEmpty ? line : line[1..];
        int made = 0;
        for (int i = 0; i < data.Length && made < stated; i += GroupLength + 1)
        {
            int bits = 0;
            for (int place = i; place <= i + GroupLength; place++)
            {
                bits = (bits << 6) | (place < data.Length ? Six(data[place]) : 0);
            }

            (octets[made], octets[made + 1], octets[made + 2]) = ((byte)(bits >> 16), (byte)(bits >> 8), (byte)bits);
            made += GroupLength;
        }

        return Math.Min(made, stated);
    }

    private static int Six(byte octet) => (octet - ' ') & 0x3F;
}
