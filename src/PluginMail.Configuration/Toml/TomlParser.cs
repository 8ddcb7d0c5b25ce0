namespace PluginMail.Configuration.Toml;

/// <summary>
/// Text to syntax tree, after the grammar of TOML 1.0 (toml.abnf); the methods carry its rules' names.
/// A line that is wrong becomes a <see cref="BadSyntax"/> with its error, and reading goes on at the next.
/// </summary>
internal sealed partial class TomlParser(TomlSource source, List<TomlError> errors)
{
    private readonly string _text = source.Text;
    private int _at;
    private int _depth;
    private int _openArrays;

    private bool AtEnd => _at >= _text.Length;

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    /// <summary>toml = expression *( newline expression ).</summary>
    internal List<ExpressionSyntax> Toml()
    {
        var expressions = new List<ExpressionSyntax>();
        while (!AtEnd)
        {
            expressions.Add(Expression());
        }

        return expressions;
    }

    private ExpressionSyntax Expression()
    {
        int start = _at;
        var children = new List<TomlElement>();
        if (errors.Count >= TomlLimits.Errors)
        {
            _at = _text.Length;
            return new BadSyntax([Token(TomlTokenKind.Bad, start)]);
        }

        if (_at == 0 && Current == '\uFEFF')
        {
            _at++;
            children.Add(Token(TomlTokenKind.ByteOrderMark, start));
        }

        Whitespace(children);
        ExpressionSyntax? expression = Current switch
        {
            '[' => Table(children),
            '#' or '\n' or '\r' or '\0' when AtEnd || Current != '\0' => EndOfLine(children, "a key, a table or a comment") ? new BlankSyntax(children) : null,
            _ => KeyValue(children),
        };
        if (expression is not null)
        {
            return expression;
        }

        SkipBadLines();
        return new BadSyntax([Token(TomlTokenKind.Bad, start)]);
    }

    /// <summary>table = std-table / array-table.</summary>
    private TableHeaderSyntax? Table(List<TomlElement> children)
    {
        bool isArrayItem = _text.AsSpan(_at).StartsWith("[[");
        int length = isArrayItem ? 2 : 1;
        Punctuation(children, length);
        Whitespace(children);
        if (Key(isArrayItem ? "the name of an array of tables" : "the name of a table") is not { } key)
        {
            return null;
        }

        children.Add(key);
        Whitespace(children);
        string close = isArrayItem ? "]]" : "]";
        if (!_text.AsSpan(_at).StartsWith(close))
        {
            return Expected<TableHeaderSyntax>($"\"{close}\" after the table's name");
        }

        Punctuation(children, length);
        return EndOfLine(children, "the end of the line") ? new TableHeaderSyntax(children, key, isArrayItem) : null;
    }

    private KeyValueSyntax? KeyValue(List<TomlElement> children)
    {
        if (Pair() is not { } pair)
        {
            return null;
        }

        children.Add(pair);
        return EndOfLine(children, "the end of the line") ? new KeyValueSyntax(children, pair) : null;
    }

    /// <summary>keyval = key keyval-sep val.</summary>
    private PairSyntax? Pair()
    {
        var children = new List<TomlElement>(5);
        if (Key("a key") is not { } key)
        {
            return null;
        }

        children.Add(key);
        Whitespace(children);
        if (Current != '=')
        {
            return Expected<PairSyntax>("\"=\" after the key");
        }

        Punctuation(children, 1);
        Whitespace(children);
        if (Value() is not { } value)
        {
            return null;
        }

        children.Add(value);
        return new PairSyntax(children, key, value);
    }

    /// <summary>key = simple-key / dotted-key.</summary>
    private KeySyntax? Key(string expected)
    {
        var children = new List<TomlElement>(1);
        var parts = new List<KeyPartSyntax>(1);
        while (SimpleKey(children, parts.Count == 0 ? expected : "a key after \".\"") is { } name)
        {
            parts.Add(new KeyPartSyntax(name, children[^1].Start));
            if (parts.Count > TomlLimits.Depth)
            {
                return Fail<KeySyntax>(children[^1].Start, $"a key with more than {TomlLimits.Depth} parts");
            }

            int end = _at;
            Whitespace(children);
            if (Current != '.')
            {
                // The white space belongs to what follows the key.
                if (_at != end)
                {
                    children.RemoveAt(children.Count - 1);
                    _at = end;
                }

                return new KeySyntax(children, parts);
            }

            Punctuation(children, 1);
            Whitespace(children);
        }

        return null;
    }

    /// <summary>simple-key = quoted-key / unquoted-key.</summary>
    private string? SimpleKey(List<TomlElement> children, string expected)
    {
        int start = _at;
        if (Current is '"' or '\'')
        {
            if (_text.AsSpan(_at).StartsWith("\"\"\"") || _text.AsSpan(_at).StartsWith("'''"))
            {
                return Fail<string>(_at, $"found a multi-line string, expected {expected}");
            }

            if (SingleLineString() is not { } name)
            {
                return null;
            }

            children.Add(Token(TomlTokenKind.KeyPart, start));
            return name;
        }

        while (char.IsAsciiLetterOrDigit(Current) || Current is '-' or '_')
        {
            _at++;
        }

        if (_at == start)
        {
            return Expected<string>(expected);
        }

        var token = Token(TomlTokenKind.KeyPart, start);
        children.Add(token);
        return token.Text;
    }
}
