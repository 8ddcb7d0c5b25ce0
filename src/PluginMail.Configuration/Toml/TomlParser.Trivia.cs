using System.Buffers;
using System.Globalization;
using System.Text;

namespace PluginMail.Configuration.Toml;

/// <summary>White space, comments, line ends, and what to do about a line that is wrong.</summary>
internal sealed partial class TomlParser
{
    private static readonly SearchValues<char> KeyCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.\"'");

    private TomlToken Token(TomlTokenKind kind, int start)
    {
        // The commonest tokens share their text.
        string text = _text.AsSpan(start, _at - start) switch
        {
            " " => " ",
            "\n" => "\n",
            "." => ".",
            "," => ",",
            "=" => "=",
            var other => other.ToString(),
        };
        return new TomlToken(kind, start, text);
    }

    private void Punctuation(List<TomlElement> children, int length)
    {
        int start = _at;
        _at += length;
        children.Add(Token(TomlTokenKind.Punctuation, start));
    }

    private void Whitespace(List<TomlElement> children)
    {
        int start = _at;
        while (Current is ' ' or '\t')
        {
            _at++;
        }

        if (_at > start)
        {
            children.Add(Token(TomlTokenKind.Whitespace, start));
        }
    }

    /// <summary>Comment = "#" *non-eol; false where it holds a control character.</summary>
    private bool Comment(List<TomlElement> children)
    {
        int start = _at;
        while (!AtEnd && !AtNewline())
        {
            if (IsControl(Current))
            {
                Expected<object>("text without control characters in the comment");
                return false;
            }

            _at++;
        }

        children.Add(Token(TomlTokenKind.Comment, start));
        return true;
    }

    private bool EndOfLine(List<TomlElement> children, string expected)
    {
        Whitespace(children);
        if (Current == '#' && !Comment(children))
        {
            return false;
        }

        if (!AtEnd && !Newline(children))
        {
            Expected<object>(expected);
            return false;
        }

        return true;
    }

    private bool Newline(List<TomlElement> children)
    {
        if (!AtNewline())
        {
            return false;
        }

        int start = _at;
        _at += Current == '\r' ? 2 : 1;
        children.Add(Token(TomlTokenKind.Newline, start));
        return true;
    }

    /// <summary>ws-comment-newline, between the values of an array; false where a comment holds a control character.</summary>
    private bool WhitespaceCommentNewline(List<TomlElement> children)
    {
        while (true)
        {
            Whitespace(children);
            if (Current == '#')
            {
                if (!Comment(children))
                {
                    return false;
                }
            }
            else if (!Newline(children))
            {
                return true;
            }
        }
    }

    private bool AtNewline() => Current == '\n' || (Current == '\r' && _at + 1 < _text.Length && _text[_at + 1] == '\n');

    /// <summary>What comments and strings must not hold: U+0000 to U+001F without tab, and U+007F.</summary>
    private static bool IsControl(char c) => c is (< ' ' and not '\t') or '\u007F';

    /// <summary>
    /// Goes behind the line of the error. Where that lies inside an array over several lines, the array's other lines are skipped too,
    /// up to its closing bracket or a line that looks like a key or a table of its own: one mistake gives one error.
    /// </summary>
    private void SkipBadLines()
    {
        SkipLine();
        bool inArray = _openArrays > 0;
        _openArrays = 0;
        while (inArray && !AtEnd)
        {
            int end = _text.IndexOf('\n', _at);
            var line = _text.AsSpan(_at, (end < 0 ? _text.Length : end) - _at).Trim(" \t\r");
            if (line.StartsWith(']'))
            {
                SkipLine();
                return;
            }

            if (LooksLikeKeyOrTable(line))
            {
                return;
            }

            SkipLine();
        }
    }

    private static bool LooksLikeKeyOrTable(ReadOnlySpan<char> line)
    {
        if (line.StartsWith('['))
        {
            return line.EndsWith(']');
        }

        int name = line.IndexOfAnyExcept(KeyCharacters);
        return name > 0 && line[name..].TrimStart(" \t").StartsWith('=');
    }

    private void SkipLine()
    {
        int end = _text.IndexOf('\n', _at);
        _at = end < 0 ? _text.Length : end + 1;
    }

    private T? Expected<T>(string expected)
        where T : class => Fail<T>(_at, $"found {Found()}, expected {expected}");

    private T? Fail<T>(int offset, string message)
        where T : class
    {
        errors.Add(new TomlError(source.PositionAt(offset), message, source.LineAt(offset)));
        return null;
    }

    private string Found()
    {
        if (AtEnd)
        {
            return "the end of the document";
        }

        if (AtNewline())
        {
            return "the end of the line";
        }

        Rune.DecodeFromUtf16(_text.AsSpan(_at), out var rune, out _);
        return Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.SpaceSeparator && rune.Value != ' '
            ? $"the character U+{rune.Value:X4}"
            : rune.Value == '"' ? "'\"'" : $"\"{rune}\"";
    }
}
