namespace PluginMail.Dlp.Text;

/// <summary>
/// Passes on the text of HTML: without tags, comments, scripts and styles, with entities decoded. A tag that begins a line or a cell parts words,
/// no other does; a line end outside of preformatted text is a blank, with what blanks follow it. Forgiving as browsers are (HTML Living Standard, 13.2.5), in one pass, with memory for one tag's name and one entity.
/// </summary>
internal sealed class HtmlText(ITextSink target) : ITextSink
{
    private const int LongestName = 16;
    private const string Endless = HtmlElements.Endless;
    private const string CDataStart = "[CDATA[";
    private const string Blanks = " \t\r\n\f";

    private readonly char[] _name = new char[LongestName];
    private readonly HtmlEntity _entity = new();
    private int _nameLength;
    private State _state;
    private char _quote;
    private int _dashes;
    private bool _isStart;
    private bool _isBang;
    private bool _isClosed;
    private bool _isForeign;
    private int _drawings;
    private string _rawText = "";
    private int _scriptComments;
    private int _preformatted;
    private bool _skipsBlanks;

    private enum State
    {
        Text,
        Entity,
        TagStart,
        EndTagStart,
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
        CData,
    }

    private bool IsShown => _rawText is "" or "title" or "textarea" or "xmp" or Endless;

    private bool HasEntities => _rawText is "" or "title" or "textarea";

    /// <inheritdoc/>
    public bool IsFull => target.IsFull;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (_state == State.Text && _rawText.Length == 0)
            {
                int plain = WritePlain(ref text);
                if (plain < 0)
                {
                    return;
                }
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
            target.Write(_entity.Finish(' '));
            target.Write(" ");
        }
        else if (_state == State.Text)
        {
            EndRaw();
        }

        (_state, _rawText, _nameLength, _isForeign, _drawings, _scriptComments) = (State.Text, "", 0, false, 0, 0);
        (_preformatted, _skipsBlanks) = (0, false);
        target.Break();
    }

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\n' or '\f' or '\r';

    // To the next character that is more than itself.
    private int WritePlain(ref ReadOnlySpan<char> text)
    {
        if (_skipsBlanks)
        {
            text = text.TrimStart(Blanks);
            _skipsBlanks = text is [] or ['<', ..];
        }

        int plain = _preformatted > 0 ? text.IndexOfAny('<', '&') : text.IndexOfAny("<&\r\n");
        target.Write(plain < 0 ? text : text[..plain]);
        text = text[Math.Max(plain, 0)..];
        return plain;
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
            case State.TagStart or State.EndTagStart or State.TagName:
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
            case State.CData:
                TakeCData(c);
                break;
            default:
                TakeComment(c);
                break;
        }
    }

    private void TakeText(char c)
    {
        if (c == '&' && HasEntities)
        {
            EndRaw();
            _entity.Start();
            _skipsBlanks = false;
            _state = State.Entity;
        }
        else if (_rawText.Length > 0)
        {
            TakeRaw(c);
        }
        else if (c == '<')
        {
            _state = State.TagStart;
            _nameLength = 0;
        }
        else
        {
            _skipsBlanks = _preformatted == 0 && c is '\r' or '\n';
            target.Write([_skipsBlanks ? ' ' : c]);
        }
    }

    // What may be the element's end is held until it is, or is none.
    private void TakeRaw(char c)
    {
        _scriptComments = c == '>' && _dashes >= 2 ? 0 : _scriptComments;
        _dashes = c == '-' ? _dashes + 1 : 0;
        if (c == '<')
        {
            EndRaw();
            _name[_nameLength++] = c;
        }
        else if (_nameLength > 0 && (IsBlank(c) || c is '/' or '>') && EndsRaw())
        {
            (_rawText, _scriptComments) = ("", 0);
            _nameLength--;
            _name.AsSpan(1, _nameLength).CopyTo(_name);
            _state = State.Tag;
            TakeTag(c);
        }
        else if (_nameLength > 0 && _nameLength < LongestName && (char.IsAsciiLetter(c) || (_nameLength == 1 && c is '/' or '!') || c == '-'))
        {
            _name[_nameLength++] = char.ToLowerInvariant(c);
            if (_rawText == "script" && _name.AsSpan(0, _nameLength).SequenceEqual("<!--"))
            {
                _scriptComments = Math.Max(_scriptComments, 1);
            }
        }
        else
        {
            EndRaw();
            target.Write(IsShown ? [c] : default);
        }
    }

    // In a comment of a script another script ends before it does (13.2.5.26 and on).
    private bool EndsRaw()
    {
        bool isScript = _rawText == "script";
        var held = _name.AsSpan(0, _nameLength);
        if (isScript && _scriptComments == 1 && held.SequenceEqual("<script"))
        {
            _scriptComments = 2;
        }

        if (_rawText == Endless || !held.StartsWith("</") || !held[2..].SequenceEqual(_rawText))
        {
            return false;
        }

        bool ends = _scriptComments < 2;
        _scriptComments = ends ? _scriptComments : 1;
        return ends;
    }

    private void EndRaw()
    {
        target.Write(IsShown && _rawText.Length > 0 ? _name.AsSpan(0, _nameLength) : default);
        _nameLength = 0;
    }

    private void TakeEntity(char c)
    {
        if (_entity.Take(c))
        {
            return;
        }

        _state = State.Text;
        target.Write(_entity.Finish(c));
        if (c != ';')
        {
            Take(c);
        }
    }

    private void TakeName(char c)
    {
        if (_state == State.TagStart && c is '!' or '?')
        {
            _state = c == '!' ? State.DeclarationStart : State.Declaration;
        }
        else if (_state == State.TagStart && c == '/')
        {
            _state = State.EndTagStart;
            _name[_nameLength++] = c;
        }
        else if (_state == State.TagStart && !char.IsAsciiLetter(c))
        {
            (_state, _skipsBlanks) = (State.Text, false);
            target.Write(['<']);
            Take(c);
        }
        else if (_state == State.EndTagStart && !char.IsAsciiLetter(c))
        {
            // "</>" is nothing, all else but a letter a comment to the first '>'.
            _state = c == '>' ? State.Text : State.Declaration;
        }
        else if (IsBlank(c) || c is '>' or '/')
        {
            _state = State.Tag;
            TakeTag(c);
        }
        else
        {
            _state = State.TagName;
            if (_nameLength < LongestName)
            {
                _name[_nameLength++] = char.IsAscii(c) ? char.ToLowerInvariant(c) : c;
            }
        }
    }

    // Quotes count where a value begins and nowhere else (13.2.5.32 and on).
    private void TakeTag(char c)
    {
        if (c == '>')
        {
            EndTag(_name.AsSpan(0, _nameLength).ToString());
            return;
        }

        bool isBlank = IsBlank(c);
        if (_state == State.BeforeValue && (c is '"' or '\''))
        {
            _quote = c;
        }

        _isClosed = c == '/' && _state is not (State.BeforeValue or State.UnquotedValue);
        _state = _state switch
        {
            State.BeforeValue => isBlank ? State.BeforeValue : c is '"' or '\'' ? State.Quoted : State.UnquotedValue,
            State.UnquotedValue => isBlank ? State.Tag : State.UnquotedValue,
            State.AttributeName or State.BehindAttributeName when c == '=' => State.BeforeValue,
            State.AttributeName => c == '/' ? State.Tag : isBlank ? State.BehindAttributeName : State.AttributeName,
            _ => isBlank ? _state : c == '/' ? State.Tag : State.AttributeName,
        };
    }

    private void EndTag(string name)
    {
        _state = State.Text;
        _nameLength = 0;
        _dashes = 0;
        if (HtmlElements.Parting.Contains(name.TrimStart('/')))
        {
            target.Write(" \n");
        }

        _preformatted += name is "pre" or "listing" ? 1 : name is "/pre" or "/listing" && _preformatted > 0 ? -1 : 0;
        _skipsBlanks &= _preformatted == 0;

        // In a drawing or formula these are elements like others.
        _rawText = !_isForeign && HtmlElements.Raw.Contains(name) ? name : "";
        FollowDrawings(name);
        _isClosed = false;
    }

    private void FollowDrawings(string name)
    {
        if (name is "svg" or "math")
        {
            _drawings += _isClosed ? 0 : 1;
            _isForeign |= !_isClosed;
        }
        else if (_drawings > 0)
        {
            bool isEnd = name is ['/', ..];
            _drawings = name is "/svg" or "/math" ? _drawings - 1 : _isForeign && HtmlElements.EndForeign.Contains(name) ? 0 : _drawings;
            _isForeign = _drawings > 0 && (HtmlElements.HoldHtml.Contains(name.TrimStart('/')) ? isEnd || (_isForeign && _isClosed) : _isForeign || name is "/svg" or "/math");
        }
    }

    // A comment begins with two dashes at once, text without tags with "[CDATA["; all else ends with the first '>'.
    private void TakeDeclaration(char c)
    {
        if (_state == State.DeclarationStart && _nameLength < CDataStart.Length)
        {
            _name[_nameLength++] = c;
            var start = _name.AsSpan(0, _nameLength);
            if (start.SequenceEqual("--"))
            {
                (_state, _dashes, _isStart, _isBang) = (State.Comment, 2, true, false);
                return;
            }

            if (start.SequenceEqual(CDataStart) && _isForeign)
            {
                (_state, _nameLength) = (State.CData, 0);
                return;
            }

            _state = start is "-" || CDataStart.AsSpan().StartsWith(start) ? State.DeclarationStart : State.Declaration;
        }

        _state = c == '>' ? State.Text : _state;
    }

    // "-->" and "--!>" end it; before '>' the two dashes of its start count, as in "<!-->".
    private void TakeComment(char c)
    {
        _state = c == '>' && (_dashes >= 2 || _isBang) ? State.Text : State.Comment;
        _isBang = c == '!' && _dashes >= (_isStart ? 4 : 2);
        _isStart &= c == '-';
        _dashes = c == '-' ? _dashes + 1 : 0;
    }

    private void TakeCData(char c)
    {
        if (c == ']')
        {
            target.Write(_nameLength == 2 ? "]" : "");
            _nameLength = Math.Min(_nameLength + 1, 2);
        }
        else if (c == '>' && _nameLength == 2)
        {
            (_state, _nameLength) = (State.Text, 0);
        }
        else
        {
            target.Write("]]".AsSpan(0, _nameLength));
            target.Write([c]);
            _nameLength = 0;
        }
    }
}
