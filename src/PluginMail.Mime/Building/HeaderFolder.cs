using System.Text;

namespace PluginMail.Mime;

/// <summary>Puts the pieces of a field value on lines of at most 78 characters where they allow it (RFC 5322 section 2.1.1).</summary>
internal sealed class HeaderFolder
{
    private const int MaxColumn = 78;

    private readonly StringBuilder _text;
    private int _column;
    private bool _isFirst = true;

    public HeaderFolder(string name)
    {
        if (!HeaderBlock.IsFieldName(name))
        {
            throw new ArgumentException($"'{name}' is no header field name.", nameof(name));
        }
        _text = new StringBuilder(name).Append(':');
        _column = _text.Length;
    }

    /// <summary>Adds a piece after a space, on a new line when it and a delimiter after it do not fit.</summary>
    public HeaderFolder Add(string piece)
    {
        if (!_isFirst && _column + 1 + piece.Length + 1 > MaxColumn)
        {
            _text.Append("\r\n");
            _column = 0;
        }
        _text.Append(' ').Append(piece);
        _column += 1 + piece.Length;
        _isFirst = false;
        return this;
    }

    /// <summary>Adds a piece with nothing before it.</summary>
    public HeaderFolder Join(string piece)
    {
        _text.Append(piece);
        _column += piece.Length;
        return this;
    }

    /// <summary>The field with its line end.</summary>
    public string ToField() => _text.Append("\r\n").ToString();
}
