using System.Buffers;

namespace PluginMail.Dlp.Rules;

/// <summary>The columns of a table in a text (CSV, cells of a sheet) that words of a context head.</summary>
internal sealed class HeadedColumns
{
    private const int LongestHeading = 40;
    private const int MostColumns = 1000;
    private const int MostQuotes = 4;
    private static readonly SearchValues<char> CellEnds = SearchValues.Create("\t;,|\r\n\f");
    private readonly HashSet<int> _columns = [];
    private readonly RowReader _headings = new();
    private readonly RowReader _values = new();
    private char _mark;
    private int _cells;

    /// <summary>Whether a word stood in a short cell or line of its own.</summary>
    public bool HasHeading { get; private set; }

    /// <summary>Takes a word: in a short cell it is a heading.</summary>
    public void TakeWord(ReadOnlySpan<char> text, int start, int end)
    {
        if (HeadingLength(text, start, end) > LongestHeading)
        {
            return;
        }

        HasHeading = true;
        var place = _headings.Locate(text, start, RowReader.AnyMark);
        if (place.Cells < 2)
        {
            return;
        }

        if (place.Mark != _mark || place.Cells != _cells)
        {
            _columns.Clear();
            (_mark, _cells) = (place.Mark, place.Cells);
        }

        _ = _columns.Count < MostColumns && _columns.Add(place.Column);
    }

    /// <summary>Whether a number stands in one of the columns, alone in its cell; null where it stands in no such table.</summary>
    public bool? Has(ReadOnlySpan<char> text, int start, int end)
    {
        if (_columns.Count == 0 || _values.Locate(text, start, _mark) is var place && place.Cells != _cells)
        {
            return null;
        }

        return _columns.Contains(place.Column) && IsCell(text, start, end);
    }

    /// <summary>Whether a number stands alone in a cell or line, quotes aside.</summary>
    public static bool IsCell(ReadOnlySpan<char> text, int start, int end)
    {
        for (int i = 0; i < MostQuotes && start > 0 && IsBeside(text[start - 1]); i++)
        {
            start--;
        }

        for (int i = 0; i < MostQuotes && end < text.Length && IsBeside(text[end]); i++)
        {
            end++;
        }

        return (start == 0 || CellEnds.Contains(text[start - 1])) && (end == text.Length || CellEnds.Contains(text[end]));
    }

    /// <summary>Forgets them.</summary>
    public void Clear()
    {
        _columns.Clear();
        (_mark, _cells, HasHeading) = ('\0', 0, false);
    }

    private static bool IsBeside(char c) => c is '"' or '\'' or '=' || Separators.IsBlank(c);

    private static int HeadingLength(ReadOnlySpan<char> text, int start, int end)
    {
        int from = Math.Max(0, start - LongestHeading);
        int to = Math.Min(text.Length, end + LongestHeading);
        int first = text[from..start].LastIndexOfAny(CellEnds);
        int last = text[end..to].IndexOfAny(CellEnds);
        first = first < 0 ? from : from + first + 1;
        last = last < 0 ? to : end + last;
        return last - first;
    }
}
