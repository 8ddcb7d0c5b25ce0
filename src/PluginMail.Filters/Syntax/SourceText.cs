using System.Text;

namespace PluginMail.Filters.Syntax;

/// <summary>The octets of one script and its lines. A line ends with CRLF or LF; both count as one line end.</summary>
public sealed class SourceText
{
    private readonly byte[] _octets;
    private readonly int[] _lineStarts;

    private SourceText(byte[] octets, string name)
    {
        _octets = octets;
        Name = name;
        _lineStarts = FindLines(octets);
    }

    /// <summary>The script's name, as diagnostics show it.</summary>
    public string Name { get; }

    /// <summary>The script as it was given.</summary>
    public ReadOnlySpan<byte> Octets => _octets;

    /// <summary>The same octets, for what outlives a stack frame.</summary>
    internal ReadOnlyMemory<byte> Memory => _octets;

    /// <summary>Length in octets.</summary>
    public int Length => _octets.Length;

    /// <summary>Number of lines; an empty script has one.</summary>
    public int LineCount => _lineStarts.Length;

    /// <summary>A text over a copy of the octets.</summary>
    public static SourceText From(ReadOnlySpan<byte> octets, string name = "script") => new(octets.ToArray(), name);

    /// <summary>A text over the UTF-8 octets of a string.</summary>
    public static SourceText From(string script, string name = "script") => new(Encoding.UTF8.GetBytes(script), name);

    /// <summary>Line and column of an offset; one beyond the end is the end.</summary>
    public SourcePosition PositionOf(int offset)
    {
        offset = Math.Clamp(offset, 0, _octets.Length);
        var found = Array.BinarySearch(_lineStarts, offset);
        var line = found >= 0 ? found : ~found - 1;
        return new(offset, line + 1, CountCharacters(_octets.AsSpan(_lineStarts[line]..offset)) + 1);
    }

    /// <summary>The line of an offset, from 1; one beyond the end is on the last.</summary>
    public int LineOf(int offset) => Array.BinarySearch(_lineStarts, Math.Clamp(offset, 0, _octets.Length)) is var found && found >= 0 ? found + 1 : ~found;

    /// <summary>The span of a line (from 1) without its line end.</summary>
    public SourceSpan LineSpan(int line)
    {
        var start = _lineStarts[line - 1];
        var end = line < _lineStarts.Length ? _lineStarts[line] - 1 : _octets.Length;
        if (end > start && end < _octets.Length && _octets[end - 1] == (byte)'\r')
        {
            end--;
        }

        return SourceSpan.Between(start, end);
    }

    /// <summary>The text of a span, invalid UTF-8 shown as U+FFFD.</summary>
    public string Slice(SourceSpan span) => Encoding.UTF8.GetString(_octets.AsSpan(span.Start, span.Length));

    /// <inheritdoc/>
    public override string ToString() => Encoding.UTF8.GetString(_octets);

    private static int CountCharacters(ReadOnlySpan<byte> octets)
    {
        var count = 0;
        foreach (var octet in octets)
        {
            count += (octet & 0xC0) == 0x80 ? 0 : 1;
        }

        return count;
    }

    private static int[] FindLines(ReadOnlySpan<byte> octets)
    {
        var starts = new List<int> { 0 };
        for (var at = 0; ;)
        {
            var next = octets[at..].IndexOf((byte)'\n');
            if (next < 0)
            {
                return [.. starts];
            }

            at += next + 1;
            starts.Add(at);
        }
    }
}
