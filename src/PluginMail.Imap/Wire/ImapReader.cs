using System.Buffers;
using System.Text;

namespace PluginMail.Imap;

/// <summary>Reads one command's octets, literals included, like the grammar of RFC 3501 section 9. Never throws for what a client sends.</summary>
/// <remarks>Methods named Try take something if it is there; the others must find it, and leave <see cref="Error"/> where they do not.</remarks>
/// <param name="octets">The command from its tag on, without the last line end.</param>
internal ref partial struct ImapReader(ReadOnlySpan<byte> octets)
{
    private static readonly SearchValues<byte> AtomOctets = SearchValues.Create(
        "!#$&'+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[^_`abcdefghijklmnopqrstuvwxyz|}~"u8);

    private static readonly SearchValues<byte> AStringOctets = SearchValues.Create(
        "!#$&'+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz|}~"u8);

    private static readonly SearchValues<byte> ListOctets = SearchValues.Create(
        "!#$%&'*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz|}~"u8);

    private readonly ReadOnlySpan<byte> _octets = octets;
    private int _at;

    /// <summary>What was wrong first; null while nothing was.</summary>
    public string? Error { get; private set; }

    /// <summary>Whether all was read.</summary>
    public readonly bool IsAtEnd => _at >= _octets.Length;

    /// <summary>The next octet; 0 at the end.</summary>
    public readonly byte Next => _at < _octets.Length ? _octets[_at] : (byte)0;

    /// <summary>What is not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _octets[_at..];

    /// <summary>Notes what is wrong.</summary>
    /// <returns>False, always.</returns>
    public bool Fail(string error)
    {
        Error ??= $"{error} at octet {_at + 1}";
        return false;
    }

    /// <summary>Takes an octet if it is next.</summary>
    public bool TryTake(byte octet)
    {
        if (_at < _octets.Length && _octets[_at] == octet)
        {
            _at++;
            return true;
        }

        return false;
    }

    /// <summary>Takes a word if it is the next atom as a whole.</summary>
    /// <param name="word">In any case.</param>
    public bool TryTakeWord(ReadOnlySpan<byte> word)
    {
        ReadOnlySpan<byte> rest = Rest;
        if (rest.Length < word.Length || !Ascii.EqualsIgnoreCase(rest[..word.Length], word)
            || (rest.Length > word.Length && AtomOctets.Contains(rest[word.Length]) && rest[word.Length] != '['))
        {
            return false;
        }

        _at += word.Length;
        return true;
    }

    /// <summary>Takes an octet that must be next.</summary>
    public bool Expect(byte octet) => TryTake(octet) || Fail($"'{(char)octet}' is expected");

    /// <summary>Takes the space that must be next.</summary>
    public bool ExpectSpace() => TryTake((byte)' ') || Fail("a space is expected");

    /// <summary>The command must end here. A last space is forgiven.</summary>
    public bool ExpectEnd()
    {
        TryTake((byte)' ');
        return IsAtEnd || Fail("the command should end");
    }

    /// <summary>Passes over what is left.</summary>
    public void SkipRest() => _at = _octets.Length;

    /// <summary>Reads an atom.</summary>
    public bool ReadAtom(out ReadOnlySpan<byte> atom) => ReadRun(AtomOctets, "a word is expected", out atom);

    /// <summary>Reads a tag.</summary>
    public bool ReadTag(out ReadOnlySpan<byte> tag) =>
        ReadRun(AStringOctets, "a tag is expected", out tag) && (!tag.Contains((byte)'+') || Fail("a tag has no '+'"));

    /// <summary>Reads a number (32 bits, unsigned).</summary>
    public bool ReadNumber(out uint number)
    {
        int start = _at;
        ulong value = 0;
        while (_at < _octets.Length && char.IsAsciiDigit((char)_octets[_at]) && value <= uint.MaxValue)
        {
            value = (value * 10) + (ulong)(_octets[_at] - '0');
            _at++;
        }

        number = (uint)Math.Min(value, uint.MaxValue);
        return (_at > start && value <= uint.MaxValue) || Fail("a number below 4294967296 is expected");
    }

    /// <summary>Reads an astring: atom, quoted string or literal.</summary>
    /// <param name="value">Its octets, a quoted string's escapes undone.</param>
    public bool ReadAString(out ReadOnlySpan<byte> value) => Next is (byte)'"' or (byte)'{'
        ? ReadString(out value)
        : ReadRun(AStringOctets, "a string is expected", out value);

    /// <summary>Reads an astring as text.</summary>
    /// <param name="text">From UTF-8.</param>
    public bool ReadAString(out string text)
    {
        bool read = ReadAString(out ReadOnlySpan<byte> octets);
        text = Encoding.UTF8.GetString(octets);
        return read;
    }

    /// <summary>Reads a list-mailbox: as an astring, with wildcards.</summary>
    public bool ReadListPattern(out ReadOnlySpan<byte> value) => Next is (byte)'"' or (byte)'{'
        ? ReadString(out value)
        : ReadRun(ListOctets, "a mailbox pattern is expected", out value);

    /// <summary>Reads a nstring; NIL becomes empty.</summary>
    public bool ReadNString(out ReadOnlySpan<byte> value)
    {
        value = default;
        return TryTakeWord("NIL"u8) || ReadString(out value);
    }

    /// <summary>Reads a quoted string or a literal.</summary>
    public bool ReadString(out ReadOnlySpan<byte> value) => Next == '{' ? ReadLiteral(out value) : ReadQuoted(out value);

    /// <summary>Reads a mailbox name.</summary>
    /// <param name="name">In Unicode; INBOX in capitals.</param>
    public bool ReadMailbox(out string name)
    {
        name = "";
        return ReadAString(out ReadOnlySpan<byte> octets)
            && (MailboxName.TryDecode(octets, out name) || Fail("the mailbox name is not modified UTF-7"));
    }

    /// <summary>Reads a literal's announcement, as <c>{310}</c> or <c>{310+}</c>.</summary>
    /// <param name="size">Octets that follow the line.</param>
    /// <param name="isSynchronizing">Whether the client waits to be told to go on.</param>
    public bool ReadLiteralSize(out uint size, out bool isSynchronizing)
    {
        isSynchronizing = true;
        size = 0;
        if (!Expect((byte)'{') || !ReadNumber(out size))
        {
            return false;
        }

        isSynchronizing = !TryTake((byte)'+');
        return Expect((byte)'}');
    }

    /// <summary>Reads the value of an annotation (RFC 5464 section 5): NIL, a string, or a literal8, which alone may hold NUL.</summary>
    /// <param name="value">Octets of its own; null for NIL.</param>
    public bool ReadAnnotation(out ReadOnlyMemory<byte>? value)
    {
        value = null;
        if (TryTakeWord("NIL"u8))
        {
            return true;
        }

        bool isRead = TryTake((byte)'~') ? ReadLiteral(out ReadOnlySpan<byte> octets, mayHoldNul: true) : ReadString(out octets);
        value = octets.ToArray();
        return isRead;
    }

    private bool ReadLiteral(out ReadOnlySpan<byte> value, bool mayHoldNul = false)
    {
        value = default;
        if (!ReadLiteralSize(out uint size, out _))
        {
            return false;
        }

        if (!Rest.StartsWith("\r\n"u8) || _octets.Length - _at - 2 < size)
        {
            return Fail("a literal is incomplete");
        }

        value = _octets.Slice(_at + 2, (int)size);
        _at += 2 + (int)size;
        return mayHoldNul || !value.Contains((byte)0) || Fail("a literal holds NUL");
    }

    private bool ReadQuoted(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!Expect((byte)'"'))
        {
            return false;
        }

        int start = _at;
        int end = Rest.IndexOfAny((byte)'"', (byte)'\\');
        if (end >= 0 && Rest[end] == '"')
        {
            _at = start + end + 1;
            value = _octets.Slice(start, end);
            return value.IndexOfAny((byte)0, (byte)'\r', (byte)'\n') < 0 || Fail("a quoted string holds a line end");
        }

        return ReadEscaped(out value);
    }

    private bool ReadEscaped(out ReadOnlySpan<byte> value)
    {
        value = default;
        byte[] unescaped = new byte[_octets.Length - _at];
        int length = 0;
        while (_at < _octets.Length)
        {
            byte octet = _octets[_at++];
            if (octet == '"')
            {
                value = unescaped.AsSpan(0, length);
                return true;
            }

            if (octet == '\\')
            {
                if (Next is not ((byte)'"' or (byte)'\\'))
                {
                    return Fail("only a quote or a backslash may be escaped");
                }

                octet = _octets[_at++];
            }

            if (octet is 0 or (byte)'\r' or (byte)'\n')
            {
                return Fail("a quoted string holds a line end");
            }

            unescaped[length++] = octet;
        }

        return Fail("a quoted string does not end");
    }

    private bool ReadRun(SearchValues<byte> allowed, string error, out ReadOnlySpan<byte> run)
    {
        int length = Rest.IndexOfAnyExcept(allowed);
        length = length < 0 ? Rest.Length : length;
        run = _octets.Slice(_at, length);
        _at += length;
        return length > 0 || Fail(error);
    }
}
