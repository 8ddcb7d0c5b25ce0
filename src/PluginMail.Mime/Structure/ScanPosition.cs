namespace PluginMail.Mime;

/// <summary>How far a scan has come: bytes, line ends, the last line's end and the length of the line under way.</summary>
internal struct ScanPosition(int maxLineLength)
{
    private byte _last;
    private byte _beforeLast;
    private long _lineLength;

    /// <summary>Bytes consumed.</summary>
    public long Offset { get; private set; }

    /// <summary>Line ends (LF) consumed.</summary>
    public long Lines { get; private set; }

    /// <summary>True once a line was longer than allowed.</summary>
    public bool SawLongLine { get; private set; }

    /// <summary>Length of the line end that was consumed last: 2 for CRLF, 1 for LF, 0 in the middle of a line.</summary>
    public readonly int LineEndLength => _last != (byte)'\n' ? 0 : _beforeLast == (byte)'\r' ? 2 : 1;

    public void Advance(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }
        Offset += bytes.Length;
        Lines += System.MemoryExtensions.Count(bytes, (byte)'\n');
        _beforeLast = bytes.Length > 1 ? bytes[^2] : _last;
        _last = bytes[^1];
        Measure(bytes);
    }

    /// <summary>Looks for a long line by jumping from the last line end within each allowed length to the next.</summary>
    private void Measure(ReadOnlySpan<byte> bytes)
    {
        while (_lineLength + bytes.Length > maxLineLength)
        {
            var window = (int)Math.Max(maxLineLength - _lineLength, 0);
            var end = bytes[..window].LastIndexOf((byte)'\n');
            if (end < 0)
            {
                SawLongLine = true;
                end = bytes.IndexOf((byte)'\n');
                if (end < 0)
                {
                    _lineLength = maxLineLength;
                    return;
                }
            }
            bytes = bytes[(end + 1)..];
            _lineLength = 0;
        }
        var last = bytes.LastIndexOf((byte)'\n');
        _lineLength = last < 0 ? _lineLength + bytes.Length : bytes.Length - last - 1;
    }
}
