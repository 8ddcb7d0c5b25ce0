namespace PluginMail.Mime;

/// <summary>
/// Finds the structure of a message in one pass over its bytes (RFC 5322, 2045, 2046). Pieces may be cut anywhere; nothing of a body is
/// kept, so memory is bounded by <see cref="MimeLimits"/>, not by the message. Any bytes give a structure: see <see cref="MimeDefects"/>.
/// A scanner serves one message and is not thread-safe.
/// </summary>
public sealed class MimeScanner
{
    private const int MaxDelimiterLine = 1024;

    private readonly PartStack _parts;
    private readonly HeaderBuffer _header;
    private ScanPosition _position;
    private byte[] _line = []; // only a line that two pieces share needs room of its own
    private int _lineLength;
    private long _lineStart;
    private long _lineStartLines;
    private int _lineEndBefore;
    private int _headerLineStart;
    private Mode _mode = Mode.Header;
    private bool _isFinished;

    /// <summary>Starts a scan.</summary>
    /// <param name="limits">Bounds, or null for <see cref="MimeLimits.Default"/>.</param>
    public MimeScanner(MimeLimits? limits = null)
    {
        limits ??= MimeLimits.Default;
        _position = new ScanPosition(limits.MaxLineLength);
        _parts = new PartStack(limits);
        _header = new HeaderBuffer(limits.MaxHeaderBytes);
        _parts.Begin(isMessage: true, 0, 0);
    }

    private enum Mode
    {
        /// <summary>In a header: every line is looked at.</summary>
        Header,

        /// <summary>At the start of a body line, which may be a boundary line.</summary>
        LineStart,

        /// <summary>In a body line that is no boundary line.</summary>
        Text,
    }

    /// <summary>Scans a whole message.</summary>
    public static MimeStructure Scan(ReadOnlySpan<byte> message, MimeLimits? limits = null)
    {
        var scanner = new MimeScanner(limits);
        scanner.Append(message);
        return scanner.Finish();
    }

    /// <summary>Takes the next piece of the message.</summary>
    /// <exception cref="InvalidOperationException">The scan was finished.</exception>
    public void Append(ReadOnlySpan<byte> piece)
    {
        if (_isFinished)
        {
            throw new InvalidOperationException("The scan is finished.");
        }
        while (!piece.IsEmpty)
        {
            piece = _mode switch
            {
                Mode.Header => AppendHeader(piece),
                Mode.LineStart => AppendLineStart(piece),
                _ => AppendText(piece),
            };
        }
    }

    /// <summary>Ends the message and gives its structure.</summary>
    /// <exception cref="InvalidOperationException">The scan was finished before.</exception>
    public MimeStructure Finish()
    {
        if (_isFinished)
        {
            throw new InvalidOperationException("The scan is finished.");
        }
        _isFinished = true;
        if (_lineLength > 0)
        {
            if (_mode == Mode.Header)
            {
                EndHeaderLine(_line.AsSpan(0, _lineLength));
            }
            else if (_mode == Mode.LineStart)
            {
                TryDelimit(_line.AsSpan(0, _lineLength));
            }
        }
        while (_mode == Mode.Header)
        {
            EndHeader(_position.Offset, _position.Offset, _position.Lines);
        }
        _header.Release();
        return _parts.Finish(_position);
    }

    private ReadOnlySpan<byte> AppendHeader(ReadOnlySpan<byte> piece)
    {
        if (_lineLength == 0)
        {
            MarkLineStart();
            _headerLineStart = _header.Length;
        }
        var end = piece.IndexOf((byte)'\n');
        var segment = end < 0 ? piece : piece[..(end + 1)];
        if (!_header.TryAppend(segment))
        {
            _parts.Current.Defects |= MimeDefects.HeaderTooLong;
        }
        _position.Advance(segment);
        if (end < 0)
        {
            Hold(segment);
        }
        else if (_lineLength == 0)
        {
            EndHeaderLine(segment[..Math.Min(segment.Length, MaxDelimiterLine)]);
        }
        else
        {
            Hold(segment);
            var length = _lineLength;
            _lineLength = 0;
            EndHeaderLine(_line.AsSpan(0, length));
        }
        return piece[segment.Length..];
    }

    private void EndHeaderLine(ReadOnlySpan<byte> line)
    {
        if (HeaderBlock.IsEmptyLine(line))
        {
            EndHeader(_lineStart, _position.Offset, _position.Lines);
        }
        else if (_parts.Match(line, out _) is not null)
        {
            _header.Truncate(_headerLineStart);
            EndHeader(_lineStart, _lineStart, _lineStartLines);
            TryDelimit(line);
        }
        else if (_lineStart == _parts.Current.HeaderStart && !HeaderBlock.IsFieldLine(line)
            && !(_parts.Current.IsMessage && HeaderBlock.IsMboxLine(line)))
        {
            _parts.Current.Defects |= MimeDefects.MissingHeader;
            _header.Truncate(0);
            EndHeader(_lineStart, _lineStart, _lineStartLines);
            SkipHeaderOfEmbedded();
        }
    }

    /// <summary>A part without a header may be a message by default, and that message then has no header either.</summary>
    private void SkipHeaderOfEmbedded()
    {
        if (_mode == Mode.Header)
        {
            _parts.Current.Defects |= MimeDefects.MissingHeader;
            EndHeader(_lineStart, _lineStart, _lineStartLines);
        }
        _mode = _position.LineEndLength > 0 ? Mode.LineStart : Mode.Text;
    }

    private void EndHeader(long headerEnd, long bodyStart, long lines)
    {
        var beginsMessage = _parts.EndHeader(_header.Bytes, headerEnd, bodyStart, lines);
        _header.Truncate(0);
        _mode = beginsMessage ? Mode.Header : Mode.LineStart;
    }

    /// <summary>Looks at a body line that starts with "--"; others go on as text.</summary>
    private ReadOnlySpan<byte> AppendLineStart(ReadOnlySpan<byte> piece)
    {
        if (_lineLength == 0)
        {
            MarkLineStart();
        }
        var end = piece.IndexOf((byte)'\n');
        var segment = end < 0 ? piece : piece[..(end + 1)];
        if (!_parts.AnyDelimiter || !MayDelimit(segment))
        {
            _lineLength = 0;
            _mode = Mode.Text;
            return piece;
        }
        _position.Advance(segment);
        if (end >= 0 && _lineLength == 0)
        {
            TryDelimit(segment);
        }
        else
        {
            Hold(segment);
            if (end >= 0)
            {
                var length = _lineLength;
                _lineLength = 0;
                TryDelimit(_line.AsSpan(0, length));
            }
        }
        return piece[segment.Length..];
    }

    private bool MayDelimit(ReadOnlySpan<byte> segment)
    {
        var length = _lineLength + segment.Length;
        return length <= MaxDelimiterLine
            && (_lineLength > 0 ? _line[0] : segment[0]) == (byte)'-'
            && (length < 2 || (_lineLength > 1 ? _line[1] : segment[1 - _lineLength]) == (byte)'-');
    }

    /// <summary>Passes over text to the next line that starts with "--".</summary>
    private ReadOnlySpan<byte> AppendText(ReadOnlySpan<byte> piece)
    {
        if (!_parts.AnyDelimiter)
        {
            _position.Advance(piece);
            return [];
        }
        var found = piece.IndexOf("\n--"u8);
        var length = found >= 0 ? found + 1 : piece.EndsWith("\n-"u8) ? piece.Length - 1 : piece.Length;
        _position.Advance(piece[..length]);
        _mode = _position.LineEndLength > 0 ? Mode.LineStart : Mode.Text;
        return piece[length..];
    }

    /// <summary>Ends and begins parts when the line is a boundary line (RFC 2046 section 5.1.1).</summary>
    private void TryDelimit(ReadOnlySpan<byte> line)
    {
        _mode = Mode.LineStart;
        var multipart = _parts.Match(line, out var closes);
        if (multipart is null)
        {
            return;
        }
        _parts.EndAbove(multipart, _lineStart - _lineEndBefore, _lineStartLines - (_lineEndBefore > 0 ? 1 : 0));
        if (closes)
        {
            _parts.Close(multipart);
        }
        else if (_parts.Begin(isMessage: false, _position.Offset, _position.Lines))
        {
            _mode = Mode.Header;
        }
    }

    private void MarkLineStart()
    {
        _lineStart = _position.Offset;
        _lineStartLines = _position.Lines;
        _lineEndBefore = _position.LineEndLength;
    }

    private void Hold(ReadOnlySpan<byte> segment)
    {
        _line = _line.Length == 0 ? new byte[MaxDelimiterLine] : _line;
        var kept = segment[..Math.Min(segment.Length, MaxDelimiterLine - _lineLength)];
        kept.CopyTo(_line.AsSpan(_lineLength));
        _lineLength += kept.Length;
    }
}
