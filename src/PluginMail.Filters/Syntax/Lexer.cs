using System.Buffers;
using System.Text;
using PluginMail.Filters.Checking;

namespace PluginMail.Filters.Syntax;

/// <summary>
/// Octets to tokens (RFC 5228 section 8.1). A lone LF is accepted where the RFC wants CRLF, because scripts are edited with
/// every kind of editor. Faults are reported and stepped over, never thrown.
/// </summary>
internal sealed class Lexer(SourceText text, SyntaxLimits limits, DiagnosticBag diagnostics)
{
    private static readonly SearchValues<byte> NameOctets =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"u8);

    private readonly List<CommentSyntax> _comments = [];
    private int _at;

    /// <summary>The comments met so far, in order.</summary>
    public IReadOnlyList<CommentSyntax> Comments => _comments;

    private ReadOnlySpan<byte> Rest => text.Octets[_at..];

    private int Current => _at < text.Length ? text.Octets[_at] : -1;

    /// <summary>The next token; <see cref="TokenKind.EndOfScript"/> again and again at the end.</summary>
    public Token Next()
    {
        while (true)
        {
            SkipWhiteSpace();
            var start = _at;
            if (Current < 0)
            {
                return new(TokenKind.EndOfScript, new(start, 0));
            }

            if (TryPunctuation(out var kind))
            {
                _at++;
                return new(kind, new(start, 1));
            }

            if (Current == '"')
            {
                return QuotedString();
            }

            if (Current is >= '0' and <= '9')
            {
                return Number();
            }

            if (IsNameStart(Current))
            {
                return IsMultiLineStart() ? MultiLine() : Name(TokenKind.Identifier, start);
            }

            if (Current == ':' && _at + 1 < text.Length && IsNameStart(text.Octets[_at + 1]))
            {
                _at++;
                return Name(TokenKind.Tag, start);
            }

            if (TryTypographicString(out var token))
            {
                return token;
            }

            ReportUnexpected();
        }
    }

    private static bool IsNameStart(int octet) => octet is '_' or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z');

    private void SkipWhiteSpace()
    {
        while (_at < text.Length)
        {
            switch (Current)
            {
                case ' ' or '\t' or '\n':
                    _at++;
                    break;
                case '\r':
                    if (_at + 1 >= text.Length || text.Octets[_at + 1] != '\n')
                    {
                        diagnostics.Add(FilterCodes.BareCarriageReturn, new(_at, 1), "A carriage return must be followed by a line feed.");
                    }

                    _at++;
                    break;
                case '#':
                    HashComment();
                    break;
                case '/' when Rest.StartsWith("/*"u8):
                    BracketComment();
                    break;
                default:
                    return;
            }
        }
    }

    private void HashComment()
    {
        var start = _at;
        var end = Rest.IndexOf((byte)'\n');
        _at = end < 0 ? text.Length : _at + end;
        var last = _at > start && text.Octets[_at - 1] == '\r' ? _at - 1 : _at;
        _comments.Add(new(SourceSpan.Between(start, last)));
    }

    private void BracketComment()
    {
        var start = _at;
        var end = Rest[2..].IndexOf("*/"u8);
        _at = end < 0 ? text.Length : _at + end + 4;
        _comments.Add(new(SourceSpan.Between(start, _at)));
        if (end < 0)
        {
            diagnostics.Add(FilterCodes.UnterminatedComment, new(start, 2), "This comment is never closed with */.");
        }
    }

    private bool TryPunctuation(out TokenKind kind)
    {
        kind = Current switch
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
        var hyphenated = Current == '-' && _at + 1 < text.Length && IsNameStart(text.Octets[_at + 1]);
        while (Current == '-' && _at + 1 < text.Length && IsNameStart(text.Octets[_at + 1]))
        {
            _at++;
            TakeName();
        }

        var span = SourceSpan.Between(start, _at);
        var written = text.Slice(span);
        if (hyphenated)
        {
            var repaired = written.Replace('-', '_');
            diagnostics.Add(
                FilterCodes.HyphenInName, span, $"A name has no hyphen: write `{repaired}` instead of `{written}`.",
                TextEdit.Replace(span, repaired, $"write `{repaired}`"));
            written = repaired;
        }
        else if (span.Length > limits.IdentifierOctets)
        {
            diagnostics.Add(FilterCodes.NameTooLong, span, $"A name has at most {limits.IdentifierOctets} characters.");
        }

        return new(kind, span, (kind == TokenKind.Tag ? written[1..] : written).ToLowerInvariant());
    }

    private void TakeName()
    {
        var length = Rest.IndexOfAnyExcept(NameOctets);
        _at = length < 0 ? text.Length : _at + length;
    }

    private Token Number()
    {
        var start = _at;
        long value = 0;
        var overflow = false;
        for (; Current is >= '0' and <= '9'; _at++)
        {
            overflow |= value > (long.MaxValue - 9) / 10;
            value = overflow ? value : (value * 10) + (Current - '0');
        }

        var shift = Current switch { 'k' or 'K' => 10, 'm' or 'M' => 20, 'g' or 'G' => 30, _ => 0 };
        _at += shift == 0 ? 0 : 1;
        overflow |= value > long.MaxValue >> shift;
        ReportNumberSuffix(start);
        var span = SourceSpan.Between(start, _at);
        if (overflow)
        {
            diagnostics.Add(FilterCodes.NumberTooLarge, span, $"The number {text.Slice(span)} is too large; the largest is {long.MaxValue}.");
        }

        return new(TokenKind.Number, span, Number: overflow ? long.MaxValue : value << shift);
    }

    private void ReportNumberSuffix(int start)
    {
        var suffix = _at;
        TakeName();
        if (_at == suffix)
        {
            return;
        }

        var span = SourceSpan.Between(suffix, _at);
        var written = text.Slice(SourceSpan.Between(start, _at));
        var edit = text.Octets[suffix] is (byte)'b' or (byte)'B' && span.Length == 1 && suffix > start + 1
            ? TextEdit.Replace(span, "", $"write `{text.Slice(SourceSpan.Between(start, suffix))}`")
            : null;
        diagnostics.Add(
            FilterCodes.BadNumber, SourceSpan.Between(start, _at),
            $"`{written}` is not a number: digits may be followed by one of K, M or G (binary kilo-, mega- or gigabytes).", edit);
    }

    private Token QuotedString()
    {
        var start = _at++;
        var value = new ArrayBufferWriter<byte>();
        while (true)
        {
            var stop = Rest.IndexOfAny("\"\\\0"u8);
            if (stop < 0)
            {
                value.Write(Rest);
                _at = text.Length;
                return Unterminated(start);
            }

            value.Write(Rest[..stop]);
            _at += stop;
            switch (Current)
            {
                case '"':
                    _at++;
                    return StringToken(start, value.WrittenMemory);
                case '\\' when _at + 1 < text.Length:
                    ReportDroppedBackslash();
                    value.Write(text.Octets.Slice(_at + 1, 1));
                    _at += 2;
                    break;
                case '\\':
                    _at++;
                    return Unterminated(start);
                default:
                    ReportNul();
                    break;
            }
        }
    }

    /// <summary>A backslash before an ordinary character is dropped (RFC 5228 2.4.2), which patterns rarely mean.</summary>
    private void ReportDroppedBackslash()
    {
        var next = text.Octets[_at + 1];
        if (next is not ((byte)'"' or (byte)'\\') and > 0x20 and < 0x7F)
        {
            diagnostics.Add(
                FilterCodes.DroppedBackslash, new(_at, 2), $"The backslash in `\\{(char)next}` is dropped; two backslashes stand for one.",
                TextEdit.Insert(_at, "\\", "write two backslashes"));
        }
    }

    /// <summary>A string that never ends: it is taken to end with its first line, so that the rest is still checked.</summary>
    private Token Unterminated(int start)
    {
        var line = text.Octets[start..].IndexOfAny((byte)'\r', (byte)'\n');
        _at = line < 0 ? text.Length : start + line;
        diagnostics.Add(FilterCodes.UnterminatedString, new(start, 1), "This string is never closed with a double quote.");
        return new(TokenKind.String, SourceSpan.Between(start, _at), Value: text.Octets[(start + 1).._at].ToArray()) { IsBroken = true };
    }

    /// <summary>A string in quotes that word processors make: reported, with the repair, and taken as meant.</summary>
    private bool TryTypographicString(out Token token)
    {
        token = default;
        if (Rest[0] != '\'' && !Rest.StartsWith("“"u8) && !Rest.StartsWith("„"u8) && !Rest.StartsWith("”"u8) && !Rest.StartsWith("‘"u8))
        {
            return false;
        }

        var open = Rest[0] == '\'' ? 1 : 3;
        var line = Rest[open..(NextLine(_at) - _at)];
        var close = open == 1 ? line.IndexOf((byte)'\'') : TypographicClose(line);
        if (close < 0)
        {
            return false;
        }

        var span = new SourceSpan(_at, open + close + open);
        var value = line[..close].ToArray();
        var written = Encoding.UTF8.GetString(value).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        diagnostics.Add(
            FilterCodes.UnexpectedCharacter, span, "A string stands in straight double quotes.",
            TextEdit.Replace(span, $"\"{written}\"", "write straight double quotes"));
        _at = span.End;
        token = new(TokenKind.String, span, Value: value);
        return true;
    }

    private static int TypographicClose(ReadOnlySpan<byte> line)
    {
        for (var at = 0; at + 3 <= line.Length; at++)
        {
            if (line[at..].StartsWith("”"u8) || line[at..].StartsWith("“"u8) || line[at..].StartsWith("’"u8))
            {
                return at;
            }
        }

        return -1;
    }

    private bool IsMultiLineStart()
    {
        if (Rest.Length < 5 || Rest[4] != ':' || !Ascii.EqualsIgnoreCase(Rest[..4], "text"u8))
        {
            return false;
        }

        var after = Rest[5..].TrimStart(" \t\r"u8);
        return after.IsEmpty || after[0] is (byte)'\n' or (byte)'#';
    }

    private Token MultiLine()
    {
        var start = _at;
        _at += 5;
        _at = NextLine(_at);
        var value = new ArrayBufferWriter<byte>();
        while (_at < text.Length)
        {
            var end = NextLine(_at);
            var line = text.Octets[_at..end].TrimEnd("\r\n"u8);
            if (line.SequenceEqual("."u8))
            {
                _at += 1;
                var token = StringToken(start, value.WrittenMemory);
                _at = end;
                return token;
            }

            if (line.Contains((byte)0))
            {
                _at += line.IndexOf((byte)0);
                ReportNul();
            }

            value.Write(line.StartsWith(".."u8) ? line[1..] : line);
            value.Write("\r\n"u8);
            _at = end;
        }

        diagnostics.Add(FilterCodes.UnterminatedText, new(start, 5), "This text is never closed by a line that holds a single dot.");
        return StringToken(start, value.WrittenMemory) with { IsBroken = true };
    }

    private int NextLine(int from)
    {
        var end = text.Octets[from..].IndexOf((byte)'\n');
        return end < 0 ? text.Length : from + end + 1;
    }

    private Token StringToken(int start, ReadOnlyMemory<byte> value)
    {
        var span = SourceSpan.Between(start, _at);
        if (value.Length > limits.StringOctets)
        {
            diagnostics.Add(FilterCodes.StringTooLong, span, $"This string has {value.Length} octets; the limit is {limits.StringOctets}.");
            value = ReadOnlyMemory<byte>.Empty;
        }

        return new(TokenKind.String, span, Value: value.ToArray());
    }

    private void ReportNul()
    {
        diagnostics.Add(FilterCodes.NulOctet, new(_at, 1), "A script cannot contain the NUL character; \"${hex:00}\" stands for it.");
        _at++;
    }

    private void ReportUnexpected()
    {
        if (Current == 0)
        {
            ReportNul();
            return;
        }

        var length = 1;
        while (_at + length < text.Length && (text.Octets[_at + length] & 0xC0) == 0x80)
        {
            length++;
        }

        var span = new SourceSpan(_at, length);
        var written = text.Slice(span);
        var note = written == ":" ? " A colon begins a tag such as :contains." : "";
        diagnostics.Add(FilterCodes.UnexpectedCharacter, span, $"The character `{written}` has no meaning here.{note}");
        _at += length;
    }
}
