using System.Buffers;

namespace PluginMail.SmtpClient;

/// <summary>
/// Writes a message's lines as SMTP wants them: each ended by CR LF, a bare CR or LF made a line end too, so that no peer sees the end of the
/// message where there is none (CVE-2023-51764), and for DATA a second dot before one that begins a line (RFC 5321 section 4.5.2).
/// Pieces may be cut anywhere.
/// </summary>
/// <param name="doublesDots">Whether DATA is used.</param>
internal struct LineEncoder(bool doublesDots)
{
    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);

    private readonly bool _doublesDots = doublesDots;
    private bool _isInLine;
    private bool _hasReturn;

    /// <summary>Octets that a piece becomes at the most.</summary>
    /// <param name="length">Octets of the piece.</param>
    public static int MaximumLength(int length) => (length * 2) + 4;

    /// <summary>Encodes a piece.</summary>
    /// <param name="source">The piece.</param>
    /// <param name="destination">At least <see cref="MaximumLength"/> octets.</param>
    /// <returns>Octets written.</returns>
    public int Encode(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int written = 0;
        if (_hasReturn && !source.IsEmpty)
        {
            _hasReturn = false;
            written = EndLine(destination);
            source = source[0] == '\n' ? source[1..] : source;
        }

        while (!source.IsEmpty)
        {
            if (!_isInLine && _doublesDots && source[0] == '.')
            {
                destination[written++] = (byte)'.';
            }

            int end = source.IndexOfAny(LineEnds);
            ReadOnlySpan<byte> line = end < 0 ? source : source[..end];
            line.CopyTo(destination[written..]);
            written += line.Length;
            if (end < 0)
            {
                _isInLine = true;
                break;
            }

            if (end == source.Length - 1 && source[end] == '\r')
            {
                _hasReturn = true; // its LF may be in the next piece
                break;
            }

            bool isPair = source[end] == '\r' && source[end + 1] == '\n';
            written += EndLine(destination[written..]);
            source = source[(end + (isPair ? 2 : 1))..];
        }

        return written;
    }

    /// <summary>Ends the last line where it has no end.</summary>
    /// <param name="destination">At least 2 octets.</param>
    /// <returns>Octets written.</returns>
    public int Finish(Span<byte> destination)
    {
        bool isOpen = _isInLine || _hasReturn;
        _hasReturn = false;
        return isOpen ? EndLine(destination) : 0;
    }

    private int EndLine(Span<byte> destination)
    {
        destination[0] = (byte)'\r';
        destination[1] = (byte)'\n';
        _isInLine = false;
        return 2;
    }
}
