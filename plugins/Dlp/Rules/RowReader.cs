using System.Buffers;

namespace PluginMail.Dlp.Rules;

/// <summary>Reads lines as rows of cells. Each line is read once, when places in it are asked for in their order.</summary>
internal sealed class RowReader
{
    /// <summary>The mark that the line has most of.</summary>
    public const char AnyMark = '\0';

    private const string Marks = "\t;|,";
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\r\n\f");
    private int _start;
    private int _end = -1;
    private char _asked;
    private char _mark;
    private int _cells;
    private int _at;
    private int _column;
    private bool _isQuoted;

    /// <summary>Where something stands in its row.</summary>
    /// <param name="text">The text.</param>
    /// <param name="place">Its place in the text.</param>
    /// <param name="mark">What parts cells.</param>
    public Place Locate(ReadOnlySpan<char> text, int place, char mark)
    {
        if (place < _start || place > _end || mark != _asked)
        {
            ReadLine(text, place, mark);
        }

        if (place < _at)
        {
            (_at, _column, _isQuoted) = (_start, 0, false);
        }

        _column += Count(text[_at..place], _mark, ref _isQuoted);
        _at = place;
        return new Place(_mark, _cells, _column);
    }

    private void ReadLine(ReadOnlySpan<char> text, int place, char mark)
    {
        int length = text[place..].IndexOfAny(LineEnds);
        _start = text[..place].LastIndexOfAny(LineEnds) + 1;
        _end = length < 0 ? text.Length : place + length;
        (_asked, _mark, _cells) = (mark, mark, 0);
        foreach (char each in mark == AnyMark ? Marks : mark.ToString())
        {
            bool isQuoted = false;
            int cells = Count(text[_start.._end], each, ref isQuoted) + 1;
            (_mark, _cells) = cells > _cells ? (each, cells) : (_mark, _cells);
        }

        (_at, _column, _isQuoted) = (_start, 0, false);
    }

    private static int Count(ReadOnlySpan<char> text, char mark, ref bool isQuoted)
    {
        int count = 0;
        foreach (char c in text)
        {
            isQuoted ^= c == '"';
            count += c == mark && !isQuoted ? 1 : 0;
        }

        return count;
    }

    /// <summary>A place in a row.</summary>
    /// <param name="Mark">What parts the cells.</param>
    /// <param name="Cells">How many the row has.</param>
    /// <param name="Column">In which of them, from 0 on.</param>
    internal readonly record struct Place(char Mark, int Cells, int Column);
}
