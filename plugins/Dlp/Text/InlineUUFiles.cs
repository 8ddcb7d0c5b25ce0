namespace PluginMail.Dlp.Text;

/// <summary>
/// Passes on the octets of a text, and gathers the files in it that are uuencoded between lines of "begin 644 name" and "end". Lines that are no
/// such data end a file: what only begins so is a text, which is read as one in any case.
/// </summary>
internal sealed class InlineUUFiles(Stream text, TextBudget budget) : ReadOnlyStream
{
    // A line of data has 61 characters, one that begins a file its name.
    private const int LongestLine = 512;

    private readonly byte[] _line = new byte[LongestLine];
    private readonly byte[] _decoded = new byte[LongestLine];
    private readonly List<MemoryStream> _files = [];
    private int _length;
    private bool _isInside;
    private bool _hasData;

    /// <summary>The files, when the text has been read.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Files => _files.Select(file => (ReadOnlyMemory<byte>)file.GetBuffer().AsMemory(0, (int)file.Length));

    public override int Read(Span<byte> buffer)
    {
        int count = text.Read(buffer);
        var rest = (ReadOnlySpan<byte>)buffer[..count];
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            var piece = end < 0 ? rest : rest[..end];
            rest = rest[(end < 0 ? rest.Length : end + 1)..];
            if (end >= 0 && _length == 0)
            {
                TakeLine(piece);
                continue;
            }

            // A line that is longer is kept as one that is too long.
            var kept = piece[..Math.Min(piece.Length, LongestLine - _length)];
            kept.CopyTo(_line.AsSpan(_length));
            _length += kept.Length;
            if (end >= 0)
            {
                TakeLine(_line.AsSpan(0, _length));
                _length = 0;
            }
        }

        if (count == 0 && _length > 0)
        {
            TakeLine(_line.AsSpan(0, _length));
            _length = 0;
        }

        return count;
    }

    private void TakeLine(ReadOnlySpan<byte> line)
    {
        if (!_isInside)
        {
            (_isInside, _hasData) = (line.Length < LongestLine && IsBegin(line), false);
            return;
        }

        line = line.TrimEnd((byte)'\r');
        if (line.IsEmpty)
        {
            return;
        }

        int count = line.Length < LongestLine ? UUText.DecodeWholeLine(line, _decoded) : -1;
        if (count <= 0 || !Begin() || !budget.TakeInflated(count))
        {
            _isInside = IsBegin(line);
            _hasData = false;
            return;
        }

        _files[^1].Write(_decoded.AsSpan(0, count));
    }

    // An entry of the budget is taken where it has data.
    private bool Begin()
    {
        if (_hasData)
        {
            return true;
        }

        _hasData = budget.TakeEntry();
        if (_hasData)
        {
            _files.Add(new MemoryStream());
        }

        return _hasData;
    }

    // begin, three or four octal digits, a name
    private static bool IsBegin(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("begin "u8))
        {
            return false;
        }

        int digits = line[6..].IndexOfAnyExceptInRange((byte)'0', (byte)'7');
        return digits is 3 or 4 && line[6 + digits] == ' ';
    }
}
