using System.Text;

namespace PluginMail.Configuration.Toml;

/// <summary>The four forms of strings; each method leaves the position behind the closing quote.</summary>
internal sealed partial class TomlParser
{
    private string? AnyString()
    {
        var rest = _text.AsSpan(_at);
        return rest.StartsWith("\"\"\"") || rest.StartsWith("'''") ? MultiLineString() : SingleLineString();
    }

    /// <summary>basic-string and literal-string.</summary>
    private string? SingleLineString()
    {
        int start = _at;
        char quote = _text[_at++];
        var value = new StringBuilder();
        while (true)
        {
            if (AtEnd || AtNewline())
            {
                return Fail<string>(start, $"the string that begins here is not closed: found {Found()}, expected {Name(quote)}");
            }

            char c = _text[_at];
            if (c == quote)
            {
                _at++;
                return value.ToString();
            }

            if (c == '\\' && quote == '"')
            {
                if (!Escape(value))
                {
                    return null;
                }
            }
            else if (!Character(value, c))
            {
                return null;
            }
        }
    }

    /// <summary>ml-basic-string and ml-literal-string; a line end right behind the opening quotes does not count.</summary>
    private string? MultiLineString()
    {
        int start = _at;
        char quote = _text[_at];
        _at += 3;
        var value = new StringBuilder();
        SkipNewline();
        while (!AtEnd)
        {
            char c = _text[_at];
            if (c == quote)
            {
                int quotes = _text.AsSpan(_at).IndexOfAnyExcept(quote);
                quotes = quotes < 0 ? _text.Length - _at : quotes;
                int inside = quotes < 3 ? quotes : Math.Min(quotes - 3, 2);
                value.Append(quote, inside);
                _at += quotes < 3 ? quotes : inside + 3;
                if (quotes >= 3)
                {
                    return value.ToString();
                }
            }
            else if (c == '\\' && quote == '"')
            {
                if (!LineEndingBackslash() && !Escape(value))
                {
                    return null;
                }
            }
            else if (AtNewline())
            {
                int from = _at;
                SkipNewline();
                value.Append(_text, from, _at - from);
            }
            else if (!Character(value, c))
            {
                return null;
            }
        }

        return Fail<string>(
            start, $"the string that begins here is not closed: found the end of the document, expected three times {Name(quote)}");
    }

    private bool Character(StringBuilder value, char c)
    {
        if (IsControl(c))
        {
            Expected<string>("text without control characters in the string");
            return false;
        }

        value.Append(c);
        _at++;
        return true;
    }

    /// <summary>mlb-escaped-nl: a backslash at the end of a line takes it away with all white space that follows.</summary>
    private bool LineEndingBackslash()
    {
        int backslash = _at;
        _at++;
        while (Current is ' ' or '\t')
        {
            _at++;
        }

        if (!AtNewline())
        {
            _at = backslash;
            return false;
        }

        while (AtNewline() || Current is ' ' or '\t')
        {
            _at++;
        }

        return true;
    }

    /// <summary>escape-seq-char of TOML 1.0: <c>\b \t \n \f \r \" \\ \uXXXX \UXXXXXXXX</c>.</summary>
    private bool Escape(StringBuilder value)
    {
        int start = _at++;
        char c = Current;
        string? plain = c switch
        {
            'b' => "\b",
            't' => "\t",
            'n' => "\n",
            'f' => "\f",
            'r' => "\r",
            '"' => "\"",
            '\\' => "\\",
            _ => null,
        };
        if (plain is not null)
        {
            value.Append(plain);
            _at++;
            return true;
        }

        if (c is 'u' or 'U')
        {
            return UnicodeEscape(value, start, c == 'u' ? 4 : 8);
        }

        string written = AtEnd || char.IsControl(c) ? "\\" : "\\" + c;
        Fail<string>(start, $"found \"{written}\", expected one of \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX \\UXXXXXXXX, or '…' around text with backslashes");
        return false;
    }

    private bool UnicodeEscape(StringBuilder value, int start, int digits)
    {
        _at++;
        uint scalar = 0;
        for (int i = 0; i < digits; i++, _at++)
        {
            if (AtEnd || !char.IsAsciiHexDigit(Current))
            {
                Expected<string>($"{digits} hexadecimal digits after \"{_text.AsSpan(start, 2)}\"");
                return false;
            }

            scalar = (scalar << 4) | (uint)Convert.ToInt32(Current.ToString(), 16);
        }

        if (!Rune.TryCreate(scalar, out var rune))
        {
            Fail<string>(start, $"found \"{_text.AsSpan(start, digits + 2)}\", expected a Unicode character that exists (no surrogate, at most U+10FFFF)");
            return false;
        }

        value.Append(rune.ToString());
        return true;
    }

    private void SkipNewline()
    {
        if (AtNewline())
        {
            _at += Current == '\r' ? 2 : 1;
        }
    }

    private static string Name(char quote) => quote == '"' ? "'\"'" : "\"'\"";
}
