using System.Text;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Editing;

/// <summary>A place as editors count it: lines from 0, characters from 0 in UTF-16 code units (LSP 3.17 "position").</summary>
internal readonly record struct EditorPosition(int Line, int Character);

/// <summary>A script that is being edited, and what the compiler says of it.</summary>
internal sealed class FilterDocument
{
    private readonly FilterCompilerOptions _options;
    private FilterCompilation? _compilation;

    public FilterDocument(string uri, int version, string content, FilterCompilerOptions options)
    {
        Uri = uri;
        Version = version;
        Content = content;
        _options = options;
    }

    public string Uri { get; }

    public int Version { get; }

    public string Content { get; }

    /// <summary>What the compiler says; compiled when first asked for.</summary>
    public FilterCompilation Compilation => _compilation ??= FilterCompiler.Compile(SourceText.From(Content, "script"), _options);

    public SourceText Text => Compilation.Syntax.Text;

    /// <summary>The same document with another content.</summary>
    public FilterDocument With(int version, string content) => new(Uri, version, content, _options);

    /// <summary>The content with a stretch replaced.</summary>
    public static string Replace(string content, EditorPosition start, EditorPosition end, string replacement)
    {
        var from = IndexOf(content, start);
        var to = Math.Max(from, IndexOf(content, end));
        return string.Concat(content.AsSpan(0, from), replacement, content.AsSpan(to));
    }

    /// <summary>The place of an offset in octets.</summary>
    public EditorPosition PositionOf(int offset)
    {
        var line = Text.PositionOf(offset).Line;
        var start = Text.LineSpan(line).Start;
        return new(line - 1, Encoding.UTF8.GetCharCount(Text.Octets[start..Math.Clamp(offset, start, Text.Length)]));
    }

    /// <summary>The offset in octets of a place; one beyond its line's end is that end.</summary>
    public int OffsetOf(EditorPosition position)
    {
        if (position.Line >= Text.LineCount)
        {
            return Text.Length;
        }

        var line = Text.LineSpan(position.Line + 1);
        var characters = Text.Slice(line);
        return line.Start + Encoding.UTF8.GetByteCount(characters.AsSpan(0, Math.Clamp(position.Character, 0, characters.Length)));
    }

    private static int IndexOf(string content, EditorPosition position)
    {
        var start = 0;
        for (var line = 0; line < position.Line; line++)
        {
            var end = content.IndexOf('\n', start);
            if (end < 0)
            {
                return content.Length;
            }

            start = end + 1;
        }

        var lineEnd = content.IndexOf('\n', start);
        return Math.Clamp(start + position.Character, start, lineEnd < 0 ? content.Length : lineEnd);
    }
}
