using System.Buffers;
using PluginMail.Filters.Checking;

namespace PluginMail.Filters.Syntax;

/// <summary>
/// Octets to tokens (RFC 5228 section 8.1). A lone LF is accepted where the RFC wants CRLF, because scripts are edited with
/// every kind of editor. Faults are reported and stepped over, never thrown.
/// </summary>
internal sealed class Lexer
{
    private static readonly SearchValues<byte> NameOctets =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"u8);

    private readonly SourceText _text;
    private readonly SyntaxLimits _limits;
    private readonly DiagnosticBag _diagnostics;
    private readonly ScriptCursor _cursor;
    private readonly StringLexer _strings;
    private readonly NamePool _names = new();
    private readonly List<CommentSyntax> _comments = [];

    public Lexer(SourceText text, SyntaxLimits limits, DiagnosticBag diagnostics)
    {
        _text = text;
        _limits = limits;
        _diagnostics = diagnostics;
        _cursor = new(text, diagnostics);
        _strings = new(_cursor, text, limits, diagnostics);
    }

    /// <summary>The comments met so far, in order.</summary>
    public IReadOnlyList<CommentSyntax> Comments => _comments;

    /// <summary>The next token; <see cref="TokenKind.EndOfScript"/> again and again at the end.</summary>
    public Token Next()
    {
        while (!_diagnostics.IsFull)
        {
            SkipWhiteSpace();
            var start = _cursor.At;
            if (_cursor.Current < 0)
            {
                return new(TokenKind.EndOfScript, new(start, 0));
            }

            if (TryPunctuation(out var kind))
            {
                _cursor.At++;
                return new(kind, new(start, 1));
            }

            if (_cursor.Current == '"')
            {
                return _strings.Quoted();
            }

            if (_cursor.Current is >= '0' and <= '9')
            {
                return Number();
            }

            if (IsNameStart(_cursor.Current))
            {
                return _strings.IsMultiLineAhead() ? _strings.MultiLine() : Name(TokenKind.Identifier, start);
            }

            if (_cursor.Current == ':' && _cursor.At + 1 < _text.Length && IsNameStart(_text.Octets[_cursor.At + 1]))
            {
                _cursor.At++;
                return Name(TokenKind.Tag, start);
            }

            if (_strings.TryTypographic(out var token))
            {
                return token;
            }

            ReportUnexpected();
        }

        return new(TokenKind.EndOfScript, new(_text.Length, 0));
    }

    private static bool IsNameStart(int octet) => octet is '_' or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z');

    private void SkipWhiteSpace()
    {
        while (_cursor.At < _text.Length)
        {
            switch (_cursor.Current)
            {
                case ' ' or '\t' or '\n':
                    _cursor.At++;
                    break;
                case '\r':
                    if (_cursor.At + 1 >= _text.Length || _text.Octets[_cursor.At + 1] != '\n')
                    {
                        _diagnostics.Add(FilterCodes.BareCarriageReturn, new(_cursor.At, 1), "A carriage return must be followed by a line feed.");
                    }

                    _cursor.At++;
                    break;
                case '#':
                    HashComment();
                    break;
                case '/' when _cursor.Rest.StartsWith("/*"u8):
                    BracketComment();
                    break;
                default:
                    return;
            }
        }
    }

    private void HashComment()
    {
        var start = _cursor.At;
        var end = _cursor.Rest.IndexOf((byte)'\n');
        _cursor.At = end < 0 ? _text.Length : _cursor.At + end;
        var last = _cursor.At > start && _text.Octets[_cursor.At - 1] == '\r' ? _cursor.At - 1 : _cursor.At;
        _comments.Add(new(SourceSpan.Between(start, last)));
    }

    private void BracketComment()
    {
        var start = _cursor.At;
        var end = _cursor.Rest[2..].IndexOf("*/"u8);
        _cursor.At = end < 0 ? _text.Length : _cursor.At + end + 4;
        _comments.Add(new(SourceSpan.Between(start, _cursor.At)));
        if (end < 0)
        {
            _diagnostics.Add(FilterCodes.UnterminatedComment, new(start, 2), "This comment is never closed with */.");
        }
    }

    private bool TryPunctuation(out TokenKind kind)
    {
        kind = _cursor.Current switch
        {
            ';' => TokenKind.Semicolon,
            ',' => TokenKind.Comma,
            '(' => TokenKind.OpenParenthesis,
            ')' => TokenKind.CloseParenthesis,
            '[' => TokenKind.OpenBracket,
            ']' => TokenKind.CloseBracket,
            '{' => TokenKind.OpenBrace,
            '}' => TokenKind.CloseBrace,
            _ => TokenKind.EndOfScript,
        };
        return kind != TokenKind.EndOfScript;
    }

    private Token Name(TokenKind kind, int start)
    {
        TakeName();
        var hyphenated = _cursor.Current == '-' && _cursor.At + 1 < _text.Length && IsNameStart(_text.Octets[_cursor.At + 1]);
        while (_cursor.Current == '-' && _cursor.At + 1 < _text.Length && IsNameStart(_text.Octets[_cursor.At + 1]))
        {
            _cursor.At++;
            TakeName();
        }

        var span = SourceSpan.Between(start, _cursor.At);
        if (!hyphenated && span.Length <= _limits.IdentifierOctets)
        {
            return new(kind, span, _names.Share(_text.Octets.Slice(start, span.Length), kind == TokenKind.Tag ? 1 : 0));
        }

        var written = _text.Slice(span);
        if (hyphenated)
        {
            var repaired = written.Replace('-', '_');
            _diagnostics.Add(
                FilterCodes.HyphenInName, span, $"A name has no hyphen: write `{repaired}` instead of `{written}`.",
                TextEdit.Replace(span, repaired, $"write `{repaired}`"));
            written = repaired;
        }
        else
        {
            _diagnostics.Add(FilterCodes.NameTooLong, span, $"A name has at most {_limits.IdentifierOctets} characters.");
        }

        return new(kind, span, (kind == TokenKind.Tag ? written[1..] : written).ToLowerInvariant());
    }

    private void TakeName()
    {
        var length = _cursor.Rest.IndexOfAnyExcept(NameOctets);
        _cursor.At = length < 0 ? _text.Length : _cursor.At + length;
    }

    private Token Number()
    {
        var start = _cursor.At;
        long value = 0;
        var overflow = false;
        for (; _cursor.Current is >= '0' and <= '9'; _cursor.At++)
        {
            overflow |= value > (long.MaxValue - 9) / 10;
            value = overflow ? value : (value * 10) + (_cursor.Current - '0');
        }

        var shift = _cursor.Current switch { 'k' or 'K' => 10, 'm' or 'M' => 20, 'g' or 'G' => 30, _ => 0 };
        _cursor.At += shift == 0 ? 0 : 1;
        overflow |= value > long.MaxValue >> shift;
        ReportNumberSuffix(start);
        var span = SourceSpan.Between(start, _cursor.At);
        if (overflow)
        {
            _diagnostics.Add(FilterCodes.NumberTooLarge, span, $"The number {_text.Slice(span)} is too large; the largest is {long.MaxValue}.");
        }

        return new(TokenKind.Number, span, Number: overflow ? long.MaxValue : value << shift);
    }

    private void ReportNumberSuffix(int start)
    {
        var suffix = _cursor.At;
        TakeName();
        if (_cursor.At == suffix)
        {
            return;
        }

        var span = SourceSpan.Between(suffix, _cursor.At);
        var written = _text.Slice(SourceSpan.Between(start, _cursor.At));
        var edit = _text.Octets[suffix] is (byte)'b' or (byte)'B' && span.Length == 1 && suffix > start + 1
            ? TextEdit.Replace(span, "", $"write `{_text.Slice(SourceSpan.Between(start, suffix))}`")
            : null;
        _diagnostics.Add(
            FilterCodes.BadNumber, SourceSpan.Between(start, _cursor.At),
            $"`{written}` is not a number: digits may be followed by one of K, M or G (binary kilo-, mega- or gigabytes).", edit);
    }

    private void ReportUnexpected()
    {
        if (_cursor.Current == 0)
        {
            _cursor.SkipNul();
            return;
        }

        var length = 1;
        while (_cursor.At + length < _text.Length && (_text.Octets[_cursor.At + length] & 0xC0) == 0x80)
        {
            length++;
        }

        var span = new SourceSpan(_cursor.At, length);
        var written = _text.Slice(span);
        var character = _cursor.Rest[..length];
        while (_cursor.Rest[length..].StartsWith(character))
        {
            length += character.Length;
        }

        var note = written == ":" ? " A colon begins a tag such as :contains." : "";
        _diagnostics.Add(FilterCodes.UnexpectedCharacter, span, $"The character `{written}` has no meaning here.{note}");
        _cursor.At += length;
    }
}
