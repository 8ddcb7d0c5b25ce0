namespace PluginMail.Mime;

/// <summary>
/// Reads the entries of an address list one after another. An entry is collected as words up to a delimiter: "&lt;" makes the words a
/// display name, ":" a group's name, and "," ";" or the end an address without brackets.
/// </summary>
internal ref struct AddressReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly int _lastQuote = bytes.LastIndexOf((byte)'"');
    private readonly AddressWords _words = new();
    private int _position;

    private readonly bool AtEnd => _position >= _bytes.Length;

    public bool TryReadEntry(ref int left, out HeaderAddress address)
    {
        if (TryReadItem(inGroup: false, out address, out var end))
        {
            left--;
            if (end == (byte)':')
            {
                address = ReadGroup(address, ref left);
            }
            return true;
        }
        return false;
    }

    private HeaderAddress ReadGroup(HeaderAddress name, ref int left)
    {
        var members = new List<HeaderAddress>();
        var isClosed = false;
        while (!isClosed && left > 0)
        {
            if (!TryReadItem(inGroup: true, out var member, out var end))
            {
                isClosed = end == (byte)';';
                break;
            }
            left--;
            members.Add(member);
            isClosed = end == (byte)';';
        }
        return new HeaderAddress(name.DisplayName ?? "", "", "") { Members = members, IsValid = isClosed };
    }

    /// <summary>
    /// Reads one item and the delimiter after it. Empty items are passed over; in a group an item that is only ";" ends it. False at the
    /// end of the list or group.
    /// </summary>
    private bool TryReadItem(bool inGroup, out HeaderAddress item, out byte end)
    {
        while (!AtEnd)
        {
            var start = _position;
            var words = _words;
            words.Reset();
            end = ReadWords(words, inGroup);
            if (end == (byte)':')
            {
                item = new HeaderAddress(words.Phrase(), "", "");
                return true;
            }
            if (words.HasAngle || words.HasText)
            {
                item = words.ToAddress(_bytes[start..(end == 0 ? _position : _position - 1)]);
                return true;
            }
            if (inGroup && end == (byte)';')
            {
                break;
            }
        }
        end = AtEnd && (_position == 0 || _bytes[_position - 1] != (byte)';') ? (byte)0 : (byte)';';
        item = new HeaderAddress(null, "", "");
        return false;
    }

    /// <summary>Collects words up to a delimiter, which is passed over and returned; 0 at the end.</summary>
    private byte ReadWords(AddressWords words, bool inGroup)
    {
        while (!AtEnd)
        {
            var octet = _bytes[_position];
            switch (octet)
            {
                case (byte)',' when !words.IsInRoute:
                case (byte)';':
                case (byte)':' when !inGroup && !words.HasAngle && !words.HasAt && words.HasText:
                    _position++;
                    return octet;
                case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                    words.Space();
                    _position++;
                    break;
                case (byte)'(':
                    ReadComment(words);
                    break;
                case (byte)'"' when _position < _lastQuote:
                    words.Quoted(ReadQuoted());
                    break;
                case (byte)'[' when words.EndsWithAt:
                    words.Literal(ReadLiteral());
                    break;
                default:
                    ReadSpecialOrAtom(words, octet);
                    break;
            }
        }
        return 0;
    }

    private void ReadSpecialOrAtom(AddressWords words, byte octet)
    {
        switch (octet)
        {
            case (byte)'<':
                words.OpenAngle();
                _position++;
                break;
            case (byte)'>':
                words.CloseAngle();
                _position++;
                break;
            case (byte)'@':
                words.At();
                _position++;
                break;
            case (byte)',':
                words.RouteComma();
                _position++;
                break;
            case (byte)':':
                words.Colon();
                _position++;
                break;
            default:
                words.Atom(ReadAtom());
                break;
        }
    }

    /// <summary>A run of bytes that are neither white space nor special; at least one byte.</summary>
    private ReadOnlySpan<byte> ReadAtom()
    {
        var start = _position++;
        while (!AtEnd && _bytes[_position] is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'(' or (byte)'<' or (byte)'>'
            or (byte)'@' or (byte)',' or (byte)';' or (byte)':' or (byte)'"'))
        {
            _position++;
        }
        return _bytes[start.._position];
    }

    private byte[] ReadQuoted()
    {
        using var rented = new RentedBytes(_bytes.Length - _position);
        var length = QuotedString.Read(_bytes, ref _position, rented.Span);
        return rented.Written(length).ToArray();
    }

    private ReadOnlySpan<byte> ReadLiteral()
    {
        var start = _position;
        var length = _bytes[start..].IndexOfAny("]>,;"u8);
        _position = length < 0 ? _bytes.Length : start + length + (_bytes[start + length] == (byte)']' ? 1 : 0);
        return _bytes[start.._position];
    }

    /// <summary>Passes over a comment, nested ones included; one that is never closed reaches to the end.</summary>
    private void ReadComment(AddressWords words)
    {
        var start = ++_position;
        var depth = 1;
        while (!AtEnd && depth > 0)
        {
            var octet = _bytes[_position++];
            depth += octet == (byte)'(' ? 1 : octet == (byte)')' ? -1 : 0;
            _position += octet == (byte)'\\' && !AtEnd ? 1 : 0;
        }
        words.Comment(_bytes[start..Math.Max(start, depth == 0 ? _position - 1 : _position)]);
    }
}
