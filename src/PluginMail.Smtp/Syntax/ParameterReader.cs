using System.Buffers;

namespace PluginMail.Smtp;

/// <summary>Reads the parameters of MAIL and RCPT: <c>*( SP keyword [ "=" value ] )</c> (RFC 5321 section 4.1.2, RFC 6531 section 3.3).</summary>
internal ref struct ParameterReader(ReadOnlySpan<byte> text)
{
    private static readonly SearchValues<byte> KeywordOctets =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"u8);

    private ReadOnlySpan<byte> _rest = text;

    /// <summary>Whether what was read so far was well formed.</summary>
    public bool IsWellFormed { get; private set; } = true;

    /// <summary>The keyword, as written.</summary>
    public ReadOnlySpan<byte> Keyword { get; private set; }

    /// <summary>The value; empty where there is none.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Whether there is a value.</summary>
    public bool HasValue { get; private set; }

    /// <summary>Goes to the next parameter.</summary>
    /// <returns>False at the end, and where the text is not well formed.</returns>
    public bool TryNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        if (_rest[0] != ' ')
        {
            return Fail();
        }

        _rest = _rest.TrimStart((byte)' ');
        int end = _rest.IndexOf((byte)' ');
        ReadOnlySpan<byte> parameter = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? default : _rest[end..];
        int equals = parameter.IndexOf((byte)'=');
        HasValue = equals >= 0;
        Keyword = HasValue ? parameter[..equals] : parameter;
        Value = HasValue ? parameter[(equals + 1)..] : default;
        return IsKeyword(Keyword) && (!HasValue || IsValue(Value)) || Fail();
    }

    /// <summary>Whether the keyword is this one, in any case.</summary>
    public readonly bool Is(ReadOnlySpan<byte> keyword) => System.Text.Ascii.EqualsIgnoreCase(Keyword, keyword);

    /// <summary>Parameters that were read to their end, as text.</summary>
    /// <param name="text">What was read; UTF-8 (RFC 6531).</param>
    public static string TextOf(ReadOnlySpan<byte> text) => System.Text.Encoding.UTF8.GetString(text.Trim((byte)' '));

    private static bool IsKeyword(ReadOnlySpan<byte> text) => !text.IsEmpty && text[0] != '-' && !text.ContainsAnyExcept(KeywordOctets);

    // 1*(%d33-60 / %d62-126) and, by RFC 6531, UTF-8. A space cannot be here.
    private static bool IsValue(ReadOnlySpan<byte> text) =>
        !text.IsEmpty && !text.Contains((byte)'=') && !text.ContainsAnyInRange((byte)0, (byte)' ') && !text.Contains((byte)0x7f)
        && System.Text.Unicode.Utf8.IsValid(text);

    private bool Fail()
    {
        IsWellFormed = false;
        return false;
    }
}
