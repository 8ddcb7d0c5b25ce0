using System.Buffers;
using System.Text;

namespace PluginMail.Mime;

/// <summary>
/// Reads "token; name=value; ..." tolerantly: comments, doubled semicolons, unquoted values with spaces, quotes never closed, raw 8-bit
/// bytes and encoded words where RFC 2231 should have been used.
/// </summary>
internal ref struct ParameterReader
{
    private const int MaxParameters = 200;
    private const int MaxTokenLength = 255;

    private static readonly SearchValues<byte> TokenEnd = SearchValues.Create(" \t\r\n;=/\"(),<>@:\\[]?"u8);

    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    public ParameterReader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    private readonly bool AtEnd => _position >= _bytes.Length;

    /// <summary>A token in lower case; empty when none stands here.</summary>
    public string ReadToken()
    {
        SkipSpace();
        var rest = _bytes[_position..];
        var length = rest.IndexOfAny(TokenEnd);
        length = length < 0 ? rest.Length : length;
        _position += length;
        return Encoding.Latin1.GetString(rest[..Math.Min(length, MaxTokenLength)]).ToLowerInvariant();
    }

    public bool TrySkip(byte octet)
    {
        SkipSpace();
        if (AtEnd || _bytes[_position] != octet)
        {
            return false;
        }
        _position++;
        return true;
    }

    public IReadOnlyList<MimeParameter> ReadParameters()
    {
        var list = new ParameterList();
        while (list.Count < MaxParameters && MoveToNext())
        {
            var name = ReadToken();
            if (name.Length > 0 && TrySkip((byte)'='))
            {
                ReadValue(list, name);
            }
            else
            {
                SkipToSemicolon();
            }
        }
        return list.ToParameters();
    }

    /// <summary>Passes over semicolons; one that is missing between two parameters is forgiven, as common clients do.</summary>
    private bool MoveToNext()
    {
        while (TrySkip((byte)';'))
        {
        }
        return !AtEnd;
    }

    private void SkipToSemicolon()
    {
        var semicolon = _bytes[_position..].IndexOf((byte)';');
        _position = semicolon < 0 ? _bytes.Length : _position + semicolon;
    }

    private void ReadValue(ParameterList list, string name)
    {
        SkipSpace();
        if (!AtEnd && _bytes[_position] == (byte)'"')
        {
            ReadQuoted(list, name);
            return;
        }
        var rest = _bytes[_position..];
        var end = rest.IndexOf((byte)';');
        var value = end < 0 ? rest : rest[..end];
        _position += value.Length;
        var comment = value.IndexOf(" ("u8);
        value = comment >= 0 && value.TrimEnd(" \t\r\n"u8).EndsWith(")"u8) ? value[..comment] : value;
        using var unfolded = new RentedBytes(value.Length);
        list.Add(name, unfolded.Written(HeaderText.Unfold(value, unfolded.Span)));
    }

    private void ReadQuoted(ParameterList list, string name)
    {
        using var rented = new RentedBytes(_bytes.Length - _position);
        var destination = rented.Span;
        var written = QuotedString.Read(_bytes, ref _position, destination);
        list.Add(name, rented.Written(written));
    }

    private void SkipSpace()
    {
        var depth = 0;
        while (!AtEnd)
        {
            var octet = _bytes[_position];
            if (octet == (byte)'(')
            {
                depth++;
            }
            else if (depth > 0)
            {
                depth -= octet == (byte)')' ? 1 : 0;
                _position += octet == (byte)'\\' ? 1 : 0;
            }
            else if (octet is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                return;
            }
            _position++;
        }
        _position = _bytes.Length;
    }
}
