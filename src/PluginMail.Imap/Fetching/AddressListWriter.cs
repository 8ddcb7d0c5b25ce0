using System.Buffers;

namespace PluginMail.Imap;

/// <summary>Writes an address field as ENVELOPE's list of address structures (RFC 3501 section 7.4.2). Linear, and never fails.</summary>
/// <remarks>Unlike a parser for people it keeps encoded words as they stand: clients decode them.</remarks>
/// <param name="writer">Where to.</param>
internal sealed class AddressListWriter(ImapWriter writer)
{
    private const int MaximumAddresses = 10_000;
    private static readonly SearchValues<byte> Specials = SearchValues.Create(" \t\r\n()<>@,;:\"\\"u8);

    private readonly ArrayBufferWriter<byte> _words = new(128);
    private readonly ArrayBufferWriter<byte> _local = new(64);
    private readonly ArrayBufferWriter<byte> _host = new(64);
    private readonly ArrayBufferWriter<byte> _comment = new(64);
    private int _written;
    private bool _isGap;
    private bool _isInGroup;

    /// <summary>Writes the list, or NIL where there is no address.</summary>
    public void Write(ReadOnlySpan<byte> value)
    {
        if (!TryWrite(value))
        {
            writer.Write("NIL"u8);
        }
    }

    /// <summary>Writes the list.</summary>
    /// <param name="value">The field's raw value.</param>
    /// <returns>False where there is no address; nothing is written then.</returns>
    public bool TryWrite(ReadOnlySpan<byte> value)
    {
        _written = 0;
        _isInGroup = false;
        Reset();
        int at = 0;
        while (at < value.Length && _written < MaximumAddresses)
        {
            at = Step(value, at);
        }

        EndEntry();
        EndGroup();
        if (_written > 0)
        {
            writer.Write(")"u8);
        }

        return _written > 0;
    }

    private int Step(ReadOnlySpan<byte> value, int at)
    {
        switch (value[at])
        {
            case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                _isGap = true;
                return at + 1;
            case (byte)'(':
                _comment.ResetWrittenCount();
                return ReadComment(value, at);
            case (byte)'"':
                Separate();
                return ReadQuoted(value, at, _words);
            case (byte)'<':
                return ReadAngle(value, at + 1);
            case (byte)'@':
                return ReadBareDomain(value, at + 1);
            case (byte)':':
                BeginGroup();
                return at + 1;
            case (byte)',':
                EndEntry();
                return at + 1;
            case (byte)';':
                EndEntry();
                EndGroup();
                return at + 1;
            case (byte)'>' or (byte)')':
                return at + 1;
            default:
                Separate();
                return ReadAtom(value, at, _words);
        }
    }

    private static int ReadAtom(ReadOnlySpan<byte> value, int at, ArrayBufferWriter<byte> into)
    {
        int length = value[at..].IndexOfAny(Specials);
        length = length < 0 ? value.Length - at : Math.Max(length, 1);
        into.Write(value.Slice(at, length));
        return at + length;
    }

    private static int ReadQuoted(ReadOnlySpan<byte> value, int at, ArrayBufferWriter<byte> into)
    {
        for (at++; at < value.Length && value[at] != '"'; at++)
        {
            if (value[at] == '\\' && at + 1 < value.Length)
            {
                at++;
            }

            if (value[at] is not ((byte)'\r' or (byte)'\n'))
            {
                into.Write(value.Slice(at, 1));
            }
        }

        return at + 1;
    }

    private int ReadComment(ReadOnlySpan<byte> value, int at)
    {
        int depth = 1;
        for (at++; at < value.Length; at++)
        {
            byte octet = value[at];
            depth += octet == '(' ? 1 : octet == ')' ? -1 : 0;
            if (depth == 0)
            {
                return at + 1;
            }

            if (octet == '\\' && at + 1 < value.Length)
            {
                at++;
            }

            if (value[at] is not ((byte)'\r' or (byte)'\n'))
            {
                _comment.Write(value.Slice(at, 1));
            }
        }

        return at;
    }

    /// <summary>Reads what stands in angle brackets: a route, which is dropped, and the address.</summary>
    private int ReadAngle(ReadOnlySpan<byte> value, int at)
    {
        _local.ResetWrittenCount();
        _host.ResetWrittenCount();
        ArrayBufferWriter<byte> into = _local;
        bool isRoute = at < value.Length && value[at] == '@';
        while (at < value.Length && value[at] != '>')
        {
            byte octet = value[at];
            if (octet == '"')
            {
                at = ReadQuoted(value, at, into);
                continue;
            }

            if (isRoute)
            {
                isRoute = octet != ':';
            }
            else if (octet == '@')
            {
                into = _host;
            }
            else if (octet is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                at = ReadAtom(value, at, into);
                continue;
            }

            at++;
        }

        if (_local.WrittenCount + _host.WrittenCount > 0 || _words.WrittenCount > 0)
        {
            WriteAddress(_words.WrittenSpan, _local.WrittenSpan, _host.WrittenSpan);
        }

        return SkipToSeparator(value, at + 1);
    }

    /// <summary>Reads the domain of an address without angle brackets; a comment behind it is the name.</summary>
    private int ReadBareDomain(ReadOnlySpan<byte> value, int at)
    {
        _host.ResetWrittenCount();
        while (at < value.Length && value[at] is not ((byte)',' or (byte)';' or (byte)'<'))
        {
            if (value[at] == '(')
            {
                _comment.ResetWrittenCount();
                at = ReadComment(value, at);
            }
            else if (value[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                at++;
            }
            else
            {
                at = ReadAtom(value, at, _host);
            }
        }

        WriteAddress(_comment.WrittenSpan, WithoutSpaces(_words.WrittenSpan), _host.WrittenSpan);
        return SkipToSeparator(value, at);
    }

    private int SkipToSeparator(ReadOnlySpan<byte> value, int at)
    {
        while (at < value.Length && value[at] is not ((byte)',' or (byte)';'))
        {
            at = value[at] == '(' ? ReadComment(value, at) : at + 1;
        }

        Reset();
        return at;
    }

    private static ReadOnlySpan<byte> WithoutSpaces(ReadOnlySpan<byte> words)
    {
        if (words.IndexOf((byte)' ') < 0)
        {
            return words;
        }

        byte[] kept = new byte[words.Length];
        int length = 0;
        foreach (byte octet in words)
        {
            kept[length] = octet;
            length += octet == ' ' ? 0 : 1;
        }

        return kept.AsSpan(0, length);
    }

    private void BeginGroup()
    {
        EndGroup();
        Begin();
        writer.Write("(NIL NIL "u8);
        writer.WriteString(_words.WrittenSpan);
        writer.Write(" NIL)"u8);
        _isInGroup = true;
        Reset();
    }

    private void EndGroup()
    {
        if (_isInGroup)
        {
            Begin();
            writer.Write("(NIL NIL NIL NIL)"u8);
            _isInGroup = false;
        }
    }

    /// <summary>Ends an entry that has no domain.</summary>
    private void EndEntry()
    {
        if (_words.WrittenCount > 0)
        {
            WriteAddress(default, _words.WrittenSpan, default);
        }

        Reset();
    }

    private void WriteAddress(ReadOnlySpan<byte> name, ReadOnlySpan<byte> local, ReadOnlySpan<byte> host)
    {
        Begin();
        writer.Write("("u8);
        writer.WriteNString(name);
        writer.Write(" NIL "u8);
        writer.WriteString(local);
        writer.Write(" "u8);
        writer.WriteString(host); // NIL would begin a group
        writer.Write(")"u8);
    }

    private void Begin()
    {
        if (_written++ == 0)
        {
            writer.Write("("u8);
        }
    }

    private void Separate()
    {
        if (_isGap && _words.WrittenCount > 0)
        {
            _words.Write(" "u8);
        }

        _isGap = false;
    }

    private void Reset()
    {
        _words.ResetWrittenCount();
        _comment.ResetWrittenCount();
        _isGap = false;
    }
}
