namespace PluginMail.MailAuth;

/// <summary>
/// Brings a body into canonical form piece by piece (RFC 6376 sections 3.4.3 and 3.4.4) and hands it to hashes. Keeps one block, however
/// large the body is. A bare LF counts as a line end: mail travels with CRLF.
/// </summary>
internal sealed class BodyCanonicalizer(Canonicalization form, IReadOnlyList<BodyHash> hashes)
{
    private const int Window = 512;

    private readonly byte[] _block = new byte[4096];
    private readonly bool _isRelaxed = form == Canonicalization.Relaxed;
    private int _filled;
    private long _lineEnds; // seen and not yet written: those at the end of the body are left out
    private bool _isSpace; // seen and not yet written: those at the end of a line are left out
    private bool _isCarriageReturn;
    private bool _hasText;

    public void Append(ReadOnlySpan<byte> piece)
    {
        if (_isCarriageReturn && !piece.IsEmpty)
        {
            _isCarriageReturn = false;
            if (piece[0] != (byte)'\n')
            {
                Text("\r"u8);
            }
        }

        while (!piece.IsEmpty)
        {
            int length = _isRelaxed ? RelaxedRun(piece) : piece.IndexOfAny((byte)'\r', (byte)'\n');
            length = length < 0 ? piece.Length : length;
            if (length > 0)
            {
                Text(piece[..length]);
                piece = piece[length..];
            }
            else
            {
                piece = piece[Special(piece)..];
            }
        }
    }

    public void Finish()
    {
        if (_isCarriageReturn)
        {
            Text("\r"u8);
        }

        if (_hasText || !_isRelaxed)
        {
            Write("\r\n"u8);
        }

        Flush();
    }

    /// <summary>Octets that pass unchanged: text of one line up to white space that is more than one space between words.</summary>
    private static int RelaxedRun(ReadOnlySpan<byte> piece)
    {
        ReadOnlySpan<byte> window = piece[..Math.Min(piece.Length, Window)]; // bounded, so that no line makes this quadratic
        if (window[0] is (byte)' ')
        {
            return 0;
        }

        int end = window.IndexOfAny((byte)'\t', (byte)'\r', (byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? window : window[..end];
        int spaces = line.IndexOf("  "u8);
        line = spaces < 0 ? line : line[..spaces];
        return line is [.., (byte)' '] ? line.Length - 1 : line.Length;
    }

    /// <summary>Takes one octet, or a line end's two, that does not pass unchanged.</summary>
    private int Special(ReadOnlySpan<byte> piece)
    {
        switch (piece[0])
        {
            case (byte)'\n':
                LineEnd();
                return 1;
            case (byte)'\r' when piece.Length == 1:
                _isCarriageReturn = true;
                return 1;
            case (byte)'\r' when piece[1] == (byte)'\n':
                LineEnd();
                return 2;
            case (byte)'\r':
                Text("\r"u8);
                return 1;
            default:
                _isSpace = true;
                return 1;
        }
    }

    private void LineEnd()
    {
        _isSpace = false;
        _lineEnds++;
    }

    private void Text(ReadOnlySpan<byte> text)
    {
        for (; _lineEnds > 0; _lineEnds--)
        {
            Write("\r\n"u8);
        }

        if (_isSpace)
        {
            _isSpace = false;
            Write(" "u8);
        }

        _hasText = true;
        Write(text);
    }

    private void Write(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > _block.Length - _filled)
        {
            Flush();
            if (octets.Length >= _block.Length)
            {
                Pass(octets);
                return;
            }
        }

        octets.CopyTo(_block.AsSpan(_filled));
        _filled += octets.Length;
    }

    private void Flush()
    {
        Pass(_block.AsSpan(0, _filled));
        _filled = 0;
    }

    private void Pass(ReadOnlySpan<byte> octets)
    {
        foreach (BodyHash hash in hashes)
        {
            hash.Append(octets);
        }
    }
}
