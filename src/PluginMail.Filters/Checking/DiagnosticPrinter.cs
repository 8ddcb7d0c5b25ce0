using System.Collections.Immutable;
using System.Text;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Checking;

/// <summary>
/// Writes findings for people: the message, the place, the line of source with the part underlined, other places, notes
/// and the fix.
/// </summary>
public static class DiagnosticPrinter
{
    private const int LongestLine = 160;

    /// <summary>All findings of a script, an empty line between two.</summary>
    public static string Print(SourceText text, ImmutableArray<Diagnostic> diagnostics) =>
        string.Join('\n', diagnostics.Select(item => Print(text, item)));

    /// <summary>One finding; lines end with LF.</summary>
    public static string Print(SourceText text, Diagnostic diagnostic)
    {
        var output = new StringBuilder();
        var severity = diagnostic.Severity == DiagnosticSeverity.Error ? "error" : "warning";
        output.Append(severity).Append('[').Append(diagnostic.Code).Append("]: ").Append(diagnostic.Message).Append('\n');
        var at = text.PositionOf(diagnostic.Span.Start);
        var lines = diagnostic.Related.Select(related => text.PositionOf(related.Span.Start).Line).Append(at.Line);
        var margin = lines.Max().ToString().Length;
        output.Append(' ', margin).Append("--> ").Append(text.Name).Append(':').Append(at.Line).Append(':').Append(at.Column).Append('\n');
        Excerpt(output, text, diagnostic.Span, '^', "", margin);
        foreach (var related in diagnostic.Related)
        {
            Excerpt(output, text, related.Span, '-', related.Message, margin);
        }

        foreach (var note in diagnostic.Notes)
        {
            output.Append(' ', margin).Append(" = note: ").Append(note).Append('\n');
        }

        if (diagnostic.Fix is { } fix)
        {
            output.Append(' ', margin).Append(" = fix: ").Append(fix.Title).Append('\n');
        }

        return output.ToString();
    }

    /// <summary>One finding on one line: name:line:column: severity code: message.</summary>
    public static string PrintLine(SourceText text, Diagnostic diagnostic)
    {
        var at = text.PositionOf(diagnostic.Span.Start);
        var severity = diagnostic.Severity == DiagnosticSeverity.Error ? "error" : "warning";
        return $"{text.Name}:{at.Line}:{at.Column}: {severity} {diagnostic.Code}: {diagnostic.Message}";
    }

    private static void Excerpt(StringBuilder output, SourceText text, SourceSpan span, char mark, string message, int margin)
    {
        var at = text.PositionOf(span.Start);
        var line = text.LineSpan(at.Line);
        var width = text.PositionOf(Math.Clamp(span.End, span.Start, Math.Max(line.End, span.Start))).Column - at.Column;
        var window = Window(text, line, span.Start);
        var before = text.PositionOf(span.Start).Column - text.PositionOf(window.Start).Column;
        output.Append(' ', margin).Append(" |\n")
            .Append(at.Line.ToString().PadLeft(margin)).Append(" | ").Append(Visible(text.Slice(window))).Append('\n')
            .Append(' ', margin).Append(" | ")
            .Append(' ', Math.Max(0, before))
            .Append(mark, Math.Clamp(width, 1, LongestLine));
        output.Append(message.Length > 0 ? " " : "").Append(message).Append('\n');
    }

    /// <summary>Each character one column wide: tabs and controls are shown as spaces and pictures.</summary>
    private static string Visible(string line)
    {
        var output = new StringBuilder(line.Length);
        foreach (var rune in line.EnumerateRunes())
        {
            output.Append(rune.Value switch
            {
                '\t' => " ",
                < 0x20 => ((char)(0x2400 + rune.Value)).ToString(),
                0x7F => "\u2421",
                _ => rune.ToString(),
            });
        }

        return output.ToString();
    }

    /// <summary>The line, or of a long one what stands around a place.</summary>
    private static SourceSpan Window(SourceText text, SourceSpan line, int place)
    {
        if (line.Length <= LongestLine)
        {
            return line;
        }

        place = Math.Clamp(place, line.Start, line.End);
        var start = Boundary(text, Math.Max(line.Start, place - (LongestLine / 2)));
        return SourceSpan.Between(start, Boundary(text, Math.Min(line.End, start + LongestLine)));
    }

    /// <summary>The beginning of the character at an offset.</summary>
    private static int Boundary(SourceText text, int offset)
    {
        while (offset > 0 && offset < text.Length && (text.Octets[offset] & 0xC0) == 0x80)
        {
            offset--;
        }

        return offset;
    }
}
