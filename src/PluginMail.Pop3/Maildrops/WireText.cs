using System.Buffers;

namespace PluginMail.Pop3.Maildrops;

/// <summary>Writes message octets as a multi-line response wants them: CRLF line ends, and a dot doubled that begins a line (RFC 1939 section 3).</summary>
/// <param name="output">Where they go.</param>
/// <param name="hasBareLf">Whether LF without CR may occur; without it only dots are looked for.</param>
internal sealed class WireText(IBufferWriter<byte> output, bool hasBareLf)
{
    private byte _last = (byte)'\n';

    /// <summary>Writes a piece; pieces may part anywhere.</summary>
    public void Write(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            if (_last == '\n' && octets[0] == '.')
            {
                output.Write("."u8);
            }
            else if (octets[0] == '\n' && _last != '\r')
            {
                output.Write("\r"u8);
            }

            int length = PlainLength(octets);
            output.Write(octets[..length]);
            _last = octets[length - 1];
            octets = octets[length..];
        }
    }

    /// <summary>Ends the last line, where it is not ended.</summary>
    public void End()
    {
        if (_last != '\n')
        {
            output.Write("\r\n"u8);
            _last = (byte)'\n';
        }
    }

    /// <summary>How far the octets can be copied as they are; the first one always can.</summary>
    private int PlainLength(ReadOnlySpan<byte> octets)
    {
        if (!hasBareLf)
        {
            int dot = octets.IndexOf("\n."u8);
            return dot < 0 ? octets.Length : dot + 1;
        }

        for (int at = 0; at < octets.Length;)
        {
            int lf = octets[at..].IndexOf((byte)'\n');
            if (lf < 0)
            {
                break;
            }

            lf += at;
            if (lf > 0 && octets[lf - 1] != '\r')
            {
                return lf;
            }

            at = lf + 1;
            if (at < octets.Length && octets[at] == '.')
            {
                return at;
            }
        }

        return octets.Length;
    }
}
