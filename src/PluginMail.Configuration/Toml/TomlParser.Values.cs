namespace PluginMail.Configuration.Toml;

/// <summary>Values: scalars, arrays and inline tables, nested to a bounded depth.</summary>
internal sealed partial class TomlParser
{
    private ValueSyntax? Value()
    {
        switch (Current)
        {
            case '[':
                return Nested(Array);
            case '{':
                return Nested(InlineTable);
            default:
                int start = _at;
                return Scalar() is { } value ? new ScalarSyntax(Token(TomlTokenKind.Scalar, start), value) : null;
        }
    }

    private ValueSyntax? Nested(Func<ValueSyntax?> read)
    {
        if (_depth >= TomlLimits.Depth)
        {
            return Fail<ValueSyntax>(_at, $"arrays and inline tables nested deeper than {TomlLimits.Depth}");
        }

        _depth++;
        var value = read();
        _depth--;
        return value;
    }

    /// <summary>array = "[" [ array-values ] ws-comment-newline "]".</summary>
    private ArraySyntax? Array()
    {
        int start = _at;
        var children = new List<TomlElement>();
        var items = new List<ValueSyntax>();
        _openArrays++;
        Punctuation(children, 1);
        while (WhitespaceCommentNewline(children))
        {
            if (Current == ']' && !AtEnd)
            {
                Punctuation(children, 1);
                _openArrays--;
                return new ArraySyntax(children, items);
            }

            if (AtEnd)
            {
                return Fail<ArraySyntax>(start, "the array that begins here is not closed: found the end of the document, expected \"]\"");
            }

            if (Value() is not { } item)
            {
                return null;
            }

            items.Add(item);
            children.Add(item);
            if (!WhitespaceCommentNewline(children))
            {
                return null;
            }

            if (Current == ',')
            {
                Punctuation(children, 1);
            }
            else if (Current != ']' && !AtEnd)
            {
                return Expected<ArraySyntax>("\",\" or \"]\" in the array");
            }
        }

        return null;
    }

    /// <summary>inline-table = "{" [ inline-table-keyvals ] "}"; on one line, without a last comma.</summary>
    private InlineTableSyntax? InlineTable()
    {
        var children = new List<TomlElement>();
        var pairs = new List<PairSyntax>();
        Punctuation(children, 1);
        Whitespace(children);
        while (Current != '}' || pairs.Count > 0)
        {
            if (Pair() is not { } pair)
            {
                return null;
            }

            pairs.Add(pair);
            children.Add(pair);
            Whitespace(children);
            if (Current == '}')
            {
                break;
            }

            if (Current != ',')
            {
                return Expected<InlineTableSyntax>("\",\" or \"}\" in the inline table");
            }

            Punctuation(children, 1);
            Whitespace(children);
        }

        Punctuation(children, 1);
        return new InlineTableSyntax(children, pairs);
    }
}
