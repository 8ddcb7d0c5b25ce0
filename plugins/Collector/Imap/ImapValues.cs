using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PluginMail.Collector.Imap;

/// <summary>Reads the parts of a response (RFC 9051 section 9). Literals stand in it as <see cref="LiteralMark"/>.</summary>
internal ref struct ImapValues(string text)
{
    /// <summary>Stands for a literal; no response has it otherwise.</summary>
    public const char LiteralMark = '\u0001';

    private const int Deepest = 16;
    private readonly string _text = text;
    private int _at;
    private int _literals;

    /// <summary>Reads all parts.</summary>
    /// <returns>False where the text is no response.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out IReadOnlyList<ImapValue>? values) =>
        new ImapValues(text).TryRead(depth: 0, out values);

    private bool TryRead(int depth, [NotNullWhen(true)] out IReadOnlyList<ImapValue>? values)
    {
        List<ImapValue> items = [];
        values = items;
        while (true)
        {
            while (_at < _text.Length && _text[_at] == ' ')
            {
                _at++;
            }

            if (_at == _text.Length || _text[_at] == ')')
            {
                bool isClosed = _at < _text.Length;
                _at++;
                return isClosed == depth > 0;
            }

            if (!TryReadOne(depth, out var item))
            {
                return false;
            }

            items.Add(item);
        }
    }

    private bool TryReadOne(int depth, [NotNullWhen(true)] out ImapValue? item)
    {
        switch (_text[_at])
        {
            case '(':
                _at++;
                item = depth < Deepest && TryRead(depth + 1, out var values) ? new ImapValue.Group(values) : null;
                return item is not null;
            case '"':
                item = TryReadQuoted(out string? value) ? new ImapValue.Text(value, IsQuoted: true) : null;
                return item is not null;
            case LiteralMark:
                _at++;
                item = new ImapValue.Literal(_literals++);
                return true;
            default:
                item = new ImapValue.Text(ReadAtom(), IsQuoted: false);
                return true;
        }
    }

    // BODY[HEADER.FIELDS (DATE)]<0> is one.
    private string ReadAtom()
    {
        int start = _at;
        for (int brackets = 0; _at < _text.Length; _at++)
        {
            char c = _text[_at];
            brackets += c switch { '[' => 1, ']' => -1, _ => 0 };
            if (brackets <= 0 && c is ' ' or '(' or ')' or '"' or LiteralMark && _at > start)
            {
                break;
            }
        }

        return _text[start.._at];
    }

    private bool TryReadQuoted([NotNullWhen(true)] out string? value)
    {
        var unquoted = new StringBuilder();
        for (_at++; _at < _text.Length; _at++)
        {
            char c = _text[_at];
            if (c == '"')
            {
                _at++;
                value = unquoted.ToString();
                return true;
            }

            if (c == '\\' && ++_at < _text.Length)
            {
                c = _text[_at];
            }

            unquoted.Append(c);
        }

        value = null;
        return false;
    }
}
