namespace PluginMail.Dlp.Text;

/// <summary>
/// Where text is shown (ISO 32000-1 section 9.4): follows the operators that move, and the widths of what is shown, to tell a move within a word
/// from one to the next. Programs such as Qt and groff place a word's letters one by one.
/// </summary>
internal sealed class PdfPen
{
    // Of the font's size. A space is 0.25 or so wide; letters that are drawn together overlap by less than the second.
    private const double Space = 0.18;
    private const double Overlap = 0.3;

    private double[] _matrix = [1, 0, 0, 1, 0, 0];
    private double _size = 1;
    private double _charSpace;
    private double _wordSpace;
    private double _scale = 1;

    // In units of text space. The line's start is counted from the matrix, the rest from the line's start.
    private double _lineX;
    private double _lineY;
    private double _at;
    private double _end = double.NaN;
    private bool _isMoved;
    private bool _isElsewhere;

    /// <summary>Whether characters stand so far apart that a space is between them.</summary>
    public bool IsSpaced => _charSpace > Space * _size;

    /// <summary>What parts what is shown next from what was shown before: nothing, a space or a line's end.</summary>
    public string Parting()
    {
        double gap = _at - _end;
        string parting = !_isMoved ? ""
            : _isElsewhere || double.IsNaN(gap) ? "\n"
            : gap > Space * _size || gap < -Overlap * _size ? " "
            : "";
        _isMoved = _isElsewhere = false;
        return parting;
    }

    /// <summary>Tf.</summary>
    public void SetSize(double size) => _size = Math.Abs(size);

    /// <summary>Tc, Tw, Tz.</summary>
    public void SetSpacing(double? character = null, double? word = null, double? percent = null)
    {
        _charSpace = character ?? _charSpace;
        _wordSpace = word ?? _wordSpace;
        _scale = percent / 100 ?? _scale;
    }

    /// <summary>Td and TD.</summary>
    public void Move(double x, double y)
    {
        _lineX += x;
        _lineY += y;
        _at = 0;
        _end -= x;
        _isMoved = true;
        _isElsewhere |= Math.Abs(y) > 0.05 * _size;
    }

    /// <summary>Tm; with no numbers BT, which is the same with those of no change.</summary>
    public void Set(ReadOnlySpan<double> matrix)
    {
        double[] next = matrix.Length == 6 ? matrix.ToArray() : [1, 0, 0, 1, 0, 0];
        if (next.AsSpan(..4).SequenceEqual(_matrix.AsSpan(..4)) && next[1] == 0 && next[2] == 0 && next[0] != 0 && next[3] != 0)
        {
            Move(((next[4] - _matrix[4]) / next[0]) - _lineX, ((next[5] - _matrix[5]) / next[3]) - _lineY);
        }
        else
        {
            Leave();
        }

        _matrix = next;
        _lineX = _lineY = 0;
    }

    /// <summary>Goes where nothing is known to be near: another line, or other coordinates.</summary>
    public void Leave()
    {
        _at = 0;
        _end = double.NaN;
        _isMoved = _isElsewhere = true;
    }

    /// <summary>A character was shown.</summary>
    /// <param name="width">In thousandths of the font's size; not a number where it is not known.</param>
    /// <param name="isSpace">Whether it is the code 32 of a font with one octet a code.</param>
    public void Show(double width, bool isSpace) =>
        _end = _at += ((width / 1000 * _size) + _charSpace + (isSpace ? _wordSpace : 0)) * _scale;

    /// <summary>A number of TJ.</summary>
    public void Adjust(double thousandths) => _end = _at -= thousandths / 1000 * _size * _scale;
}
