using System.Collections.Frozen;
using System.Net;

namespace PluginMail.Dlp.Text;

/// <summary>
/// Passes on the text of HTML: without tags, comments, scripts and styles, with entities decoded. A tag within a line parts no word, all
/// others do. Forgiving as browsers are, in one pass, with memory for one tag's name and one entity.
/// </summary>
internal sealed class HtmlText(ITextSink target) : ITextSink
{
    private const int LongestName = 16;
    private const int LongestEntity = 32;

    private static readonly FrozenSet<string> Inline = new[]
    {
        "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "em", "font", "i", "ins", "del", "kbd", "label", "mark", "q", "s", "samp",
        "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr",
    }.ToFrozenSet(StringComparer.Ordinal);

    private readonly char[] _name = new char[LongestName];
    private readonly char[] _entity = new char[LongestEntity];
    private int _nameLength;
    private int _entityLength;
    private State _state;
    private char _quote;
    private int _dashes;
    private string _rawText = "";

    private enum State
    {
        Text,
        Entity,
        TagStart,
        TagName,
        Tag,
        AttributeName,
        BehindAttributeName,
        BeforeValue,
        UnquotedValue,
        Quoted,
        DeclarationStart,
        Declaration,
        Comment,
    }

    /// <inheritdoc/>
    public bool IsFull => target.IsFull;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (_state == State.Text && _rawText.Length == 0)
            {
                int plain = text.IndexOfAny('<', '&');
                target.Write(plain < 0 ? text : text[..plain]);
                if (plain < 0)
                {
                    return;
                }

                text = text[plain..];
            }

            Take(text[0]);
            text = text[1..];
        }
    }

    /// <inheritdoc/>
    public void Break()
    {
        if (_state == State.Entity)
        {
            EndEntity(' ');
        }

        (_state, _rawText, _entityLength, _nameLength) = (State.Text, "", 0, 0);
        target.Break();
    }

    private void Take(char c)
    {
        switch (_state)
        {
            case State.Text:
                TakeText(c);
                break;
            case State.Entity:
                TakeEntity(c);
                break;
            case State.TagStart or State.TagName:
                TakeName(c);
                break;
            case State.Tag or State.AttributeName or State.BehindAttributeName or State.BeforeValue or State.UnquotedValue:
                TakeTag(c);
                break;
            case State.Quoted:
                _state = c == _quote ? State.Tag : State.Quoted;
                break;
            case State.DeclarationStart or State.Declaration:
                TakeDeclaration(c);
                break;
            default:
                TakeComment(c);
                break;
        }
    }

    private void TakeText(char c)
    {
        if (c == '<')
        {
            _state = State.TagStart;
            _nameLength = 0;
        }
        else if (c == '&' && _rawText.Length == 0)
        {
            _state = State.Entity;
            _entityLength = 0;
        }
    }

    private void TakeEntity(char c)
    {
        if (c == ';' || _entityLength == LongestEntity || !(char.IsAsciiLetterOrDigit(c) || c == '#'))
        {
            EndEntity(c);
        }
        else
        {
            _entity[_entityLength++] = c;
        }
    }

    private void EndEntity(char c)
    {
        _state = State.Text;
        string entity = $"&{_entity.AsSpan(0, _entityLength)};";
        string decoded = WebUtility.HtmlDecode(entity);
        target.Write(decoded != entity || c == ';' ? decoded : entity.AsSpan(..^1));
        if (c == '<')
        {
            TakeText(c);
        }
        else if (c == '&')
        {
            (_state, _entityLength) = (State.Entity, 0);
        }
        else if (c != ';')
        {
            target.Write([c]);
        }
    }

    private void TakeName(char c)
    {
        if (_state == State.TagStart && c is '!' or '?')
        {
            _state = c == '!' ? State.DeclarationStart : State.Declaration;
            _dashes = 0;
        }
        else if (_state == State.TagStart && !char.IsAsciiLetter(c) && c != '/')
        {
            _state = State.Text;
            if (_rawText.Length == 0)
            {
                target.Write(['<']);
                Write([c]);
            }
        }
        else if (char.IsWhiteSpace(c) || c == '>' || (c == '/' && _nameLength > 0))
        {
            _state = State.Tag;
            TakeTag(c);
        }
        else
        {
            _state = State.TagName;
            if (_nameLength < LongestName)
            {
                _name[_nameLength++] = char.ToLowerInvariant(c);
            }
        }
    }

    // Quotes count where a value begins and nowhere else (HTML Living Standard, 13.2.5.32 and on).
    private void TakeTag(char c)
    {
        if (c == '>')
        {
            EndTag(_name.AsSpan(0, _nameLength).ToString());
        }
        else if (_rawText.Length == 0)
        {
            bool isBlank = char.IsWhiteSpace(c);
            if (_state == State.BeforeValue && (c is '"' or '\''))
            {
                _quote = c;
            }

            _state = _state switch
            {
                State.BeforeValue => isBlank ? State.BeforeValue : c is '"' or '\'' ? State.Quoted : State.UnquotedValue,
                State.UnquotedValue => isBlank ? State.Tag : State.UnquotedValue,
                State.AttributeName or State.BehindAttributeName when c == '=' => State.BeforeValue,
                State.AttributeName => c == '/' ? State.Tag : isBlank ? State.BehindAttributeName : State.AttributeName,
                _ => isBlank ? _state : c == '/' ? State.Tag : State.AttributeName,
            };
        }
    }

    private void EndTag(string name)
    {
        _state = State.Text;
        if (_rawText.Length > 0)
        {
            _rawText = name.Length == _rawText.Length + 1 && name[0] == '/' && name.EndsWith(_rawText, StringComparison.Ordinal) ? "" : _rawText;
            return;
        }

        _rawText = name is "script" or "style" ? name : "";
        if (!Inline.Contains(name.TrimStart('/')))
        {
            target.Write(" \n");
        }
    }

    // A comment begins with two dashes at once; all else ends with the first '>'.
    private void TakeDeclaration(char c)
    {
        _dashes = _state == State.DeclarationStart && c == '-' ? _dashes + 1 : 0;
        _state = c == '>' ? State.Text : _dashes == 2 ? State.Comment : _dashes == 1 ? State.DeclarationStart : State.Declaration;
    }

    // "-->" and "--!>" end it; the two dashes of its start count, as in "<!-->".
    private void TakeComment(char c)
    {
        _state = c == '>' && _dashes >= 2 ? State.Text : State.Comment;
        _dashes = c == '-' ? _dashes + 1 : c == '!' && _dashes >= 2 ? _dashes : 0;
    }
}
