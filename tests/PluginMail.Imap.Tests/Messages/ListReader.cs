namespace PluginMail.Imap.Tests;

/// <summary>Reads a response's data strictly: lists, strings, literals, atoms, NIL.</summary>
internal sealed class ListReader(string text, int at)
{
    private int _at = at;

    public object? Read()
    {
        switch (text[_at])
        {
            case '(':
                return ReadList();
            case '"':
                return ReadQuoted();
            case '{':
                int close = text.IndexOf("}\r\n", _at, StringComparison.Ordinal);
                int length = int.Parse(text.AsSpan(_at + 1, close - _at - 1));
                _at = close + 3 + length;
                return text.Substring(close + 3, length);
            default:
                int start = _at;
                while (text[_at] is not (' ' or '(' or ')' or '\r'))
                {
                    _at++;
                }

                string atom = text[start.._at];
                Assert.NotEmpty(atom);
                return atom == "NIL" ? null : atom;
        }
    }

    private List<object?> ReadList()
    {
        List<object?> items = [];
        _at++;
        while (text[_at] != ')')
        {
            items.Add(Read());
            if (text[_at] == ' ')
            {
                _at++;
                Assert.NotEqual(')', text[_at]);
            }
            else
            {
                Assert.True(text[_at] is ')' or '(', $"at {_at}: {text[_at]}");
            }
        }

        _at++;
        return items;
    }

    private string ReadQuoted()
    {
        var value = new System.Text.StringBuilder();
        for (_at++; text[_at] != '"'; _at++)
        {
            Assert.True(text[_at] is >= ' ' and <= '~');
            if (text[_at] == '\\')
            {
                _at++;
            }

            value.Append(text[_at]);
        }

        _at++;
        return value.ToString();
    }
}
