namespace PluginMail.Configuration.Toml;

/// <summary>The text of a document, and the line and column of each offset in it.</summary>
internal sealed class TomlSource
{
    private readonly int[] _lineStarts;

    internal TomlSource(string text)
    {
        Text = text;
        var starts = new List<int> { 0 };
        for (int at = text.IndexOf('\n'); at >= 0; at = text.IndexOf('\n', at + 1))
        {
            starts.Add(at + 1);
        }

        _lineStarts = [.. starts];
    }

    /// <summary>The document without a byte order mark taken off.</summary>
    internal string Text { get; }

    /// <summary>Line and column of an offset in UTF-16 units.</summary>
    internal TomlPosition PositionAt(int offset)
    {
        int line = LineIndex(offset);
        int column = 1;
        for (int i = _lineStarts[line]; i < offset; i++)
        {
            if (!char.IsLowSurrogate(Text[i]) && Text[i] != '\uFEFF')
            {
                column++;
            }
        }

        return new TomlPosition(line + 1, column);
    }

    /// <summary>The line that holds an offset, without its line end, cut at 400 characters.</summary>
    internal string LineAt(int offset)
    {
        int line = LineIndex(offset);
        int start = _lineStarts[line];
        int end = line + 1 < _lineStarts.Length ? _lineStarts[line + 1] : Text.Length;
        return Text.AsSpan(start, Math.Min(end - start, 400)).TrimEnd("\r\n").TrimStart('\uFEFF').ToString();
    }

    private int LineIndex(int offset)
    {
        int found = Array.BinarySearch(_lineStarts, offset);
        return found >= 0 ? found : ~found - 1;
    }
}
