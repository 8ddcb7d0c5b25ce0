using System.Collections.Immutable;
using System.Text;

namespace PluginMail.MailAuth;

/// <summary>Reads Authentication-Results (RFC 8601 section 2.2) in one pass. Comments and folds may stand where the grammar has CFWS.</summary>
internal ref struct ResultsReader
{
    private const int MaximumOctets = 64 << 10;
    private const int MaximumResults = 256;
    private const int MaximumProperties = 32;

    private readonly ReadOnlySpan<byte> _text;
    private int _position;

    private ResultsReader(ReadOnlySpan<byte> text) => _text = text;

    private readonly bool AtEnd => _position >= _text.Length;

    /// <summary>Who a field says it is from; null where that cannot be read.</summary>
    public static string? ReadAuthservId(ReadOnlySpan<byte> value)
    {
        var reader = new ResultsReader(value);
        return value.Length <= MaximumOctets && reader.SkipSpace() ? reader.ReadValue(";"u8) : null;
    }

    /// <summary>Reads a whole field.</summary>
    /// <returns>Null where it does not follow the grammar.</returns>
    public static AuthenticationResults? TryRead(ReadOnlySpan<byte> value)
    {
        var reader = new ResultsReader(value);
        return value.Length <= MaximumOctets ? reader.Read() : null;
    }

    private AuthenticationResults? Read()
    {
        if (!SkipSpace() || ReadValue(";"u8) is not { } id || !SkipSpace() || !TrySkipVersion())
        {
            return null;
        }

        var results = ImmutableArray.CreateBuilder<MethodResult>();
        while (!AtEnd)
        {
            if (!TryTake((byte)';') || !SkipSpace())
            {
                return null;
            }

            if (AtEnd)
            {
                break; // a last semicolon, which the grammar forbids and many write
            }

            if (results.Count == MaximumResults || ReadResult(out bool isNone) is not { } result)
            {
                return null;
            }

            if (!isNone)
            {
                results.Add(result);
            }
        }

        return new AuthenticationResults(id, results.ToImmutable());
    }

    private MethodResult? ReadResult(out bool isNone)
    {
        isNone = false;
        string? method = ReadValue(";=/"u8);
        if (method is null || !SkipSpace())
        {
            return null;
        }

        if (AtEnd || _text[_position] == (byte)';')
        {
            isNone = method.Equals("none", StringComparison.OrdinalIgnoreCase);
            return isNone ? new MethodResult("none", "", null, null, []) : null;
        }

        if (TryTake((byte)'/') && (!SkipSpace() || ReadValue(";="u8) is null || !SkipSpace()))
        {
            return null;
        }

        if (!TryTake((byte)'=') || !SkipSpace() || ReadValue(";"u8) is not { } result || !SkipSpace())
        {
            return null;
        }

        return ReadProperties(method.ToLowerInvariant(), result.ToLowerInvariant());
    }

    private MethodResult? ReadProperties(string method, string result)
    {
        string? reason = null;
        var properties = ImmutableArray.CreateBuilder<(string, string)>();
        while (!AtEnd && _text[_position] != (byte)';')
        {
            string? name = ReadValue(";=."u8);
            if (name is null || properties.Count == MaximumProperties || !SkipSpace())
            {
                return null;
            }

            if (TryTake((byte)'.'))
            {
                name = SkipSpace() && ReadValue(";="u8) is { } property ? $"{name}.{property}".ToLowerInvariant() : null;
            }

            if (name is null || !SkipSpace() || !TryTake((byte)'=') || !SkipSpace() || ReadValue(";"u8) is not { } value || !SkipSpace())
            {
                return null;
            }

            if (name.Equals("reason", StringComparison.OrdinalIgnoreCase))
            {
                reason = value;
            }
            else
            {
                properties.Add((name, value));
            }
        }

        return new MethodResult(method, result, reason, null, properties.ToImmutable());
    }

    /// <summary>authres-version = 1*DIGIT.</summary>
    private bool TrySkipVersion()
    {
        if (AtEnd || _text[_position] == (byte)';')
        {
            return true;
        }

        return ReadValue(";"u8) is { } version && !version.AsSpan().ContainsAnyExceptInRange('0', '9') && SkipSpace();
    }

    private bool TryTake(byte octet)
    {
        if (AtEnd || _text[_position] != octet)
        {
            return false;
        }

        _position++;
        return true;
    }

    /// <summary>A token or quoted string that ends before white space, a comment or one of the octets; null where there is none.</summary>
    private string? ReadValue(ReadOnlySpan<byte> ends)
    {
        if (!AtEnd && _text[_position] == (byte)'"')
        {
            return ReadQuoted();
        }

        int start = _position;
        while (!AtEnd && _text[_position] is > (byte)' ' and not ((byte)'(' or (byte)')' or (byte)'"' or 0x7f) && !ends.Contains(_text[_position]))
        {
            _position++;
        }

        return _position == start ? null : Encoding.UTF8.GetString(_text[start.._position]);
    }

    private string? ReadQuoted()
    {
        var text = new List<byte>();
        for (_position++; !AtEnd; _position++)
        {
            byte octet = _text[_position];
            if (octet == (byte)'"')
            {
                _position++;
                return Encoding.UTF8.GetString([.. text]);
            }

            if (octet == (byte)'\\' && ++_position < _text.Length)
            {
                octet = _text[_position];
            }

            if (octet is not ((byte)'\r' or (byte)'\n'))
            {
                text.Add(octet);
            }
        }

        return null;
    }

    /// <summary>Passes over CFWS (RFC 5322 section 3.2.2); false where a comment does not end.</summary>
    private bool SkipSpace()
    {
        int depth = 0;
        for (; !AtEnd; _position++)
        {
            byte octet = _text[_position];
            if (octet == (byte)'(')
            {
                depth++;
            }
            else if (octet == (byte)')' && depth > 0)
            {
                depth--;
            }
            else if (octet == (byte)'\\' && depth > 0)
            {
                _position++;
            }
            else if (depth == 0 && octet is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                return true;
            }
        }

        _position = Math.Min(_position, _text.Length);
        return depth == 0;
    }
}
