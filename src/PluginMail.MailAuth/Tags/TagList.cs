using System.Buffers;
using System.Text;

namespace PluginMail.MailAuth;

/// <summary>
/// A list of tags (RFC 6376 section 3.2): <c>name=value; name=value</c>, names case-sensitive and each at most once. Read in one pass.
/// </summary>
internal sealed class TagList
{
    /// <summary>Octets of the longest list that is read.</summary>
    public const int MaximumOctets = 64 << 10;

    private const int MaximumTags = 64;
    private static readonly SearchValues<byte> NameOctets =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"u8);

    private readonly ReadOnlyMemory<byte> _text;
    private readonly List<Tag> _tags = [];

    private TagList(ReadOnlyMemory<byte> text) => _text = text;

    /// <summary>The name of the first tag.</summary>
    public string FirstName => _tags[0].Name;

    /// <summary>Reads a list that has at least one tag.</summary>
    /// <returns>Null where the text is no list.</returns>
    public static TagList? TryParse(ReadOnlyMemory<byte> text)
    {
        if (text.Length > MaximumOctets)
        {
            return null;
        }

        var list = new TagList(text);
        return list.TryReadAll() && list._tags.Count > 0 ? list : null;
    }

    /// <summary>Reads a list that came as a TXT record.</summary>
    public static TagList? TryParse(string text) => text.Length > MaximumOctets ? null : TryParse(Encoding.Latin1.GetBytes(text));

    /// <summary>A tag's value without the white space around it; null where the tag is missing.</summary>
    public string? this[string name] => TryGet(name, out ReadOnlySpan<byte> value) ? Encoding.UTF8.GetString(value) : null;

    public bool Has(string name) => TryGet(name, out _);

    public bool TryGet(string name, out ReadOnlySpan<byte> value)
    {
        foreach (Tag tag in _tags)
        {
            if (tag.Name == name)
            {
                value = _text.Span[tag.RawStart..tag.RawEnd].Trim(" \t\r\n"u8);
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Where a tag's value stands, the white space around it included.</summary>
    public Range RawValueOf(string name)
    {
        Tag tag = _tags.Find(tag => tag.Name == name);
        return tag.RawStart..tag.RawEnd;
    }

    /// <summary>A tag's value with all white space removed.</summary>
    public string? WithoutSpace(string name)
    {
        if (!TryGet(name, out ReadOnlySpan<byte> value))
        {
            return null;
        }

        if (value.IndexOfAny(" \t\r\n"u8) < 0)
        {
            return Encoding.UTF8.GetString(value);
        }

        byte[] kept = new byte[value.Length];
        int count = 0;
        foreach (byte octet in value)
        {
            if (octet is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                kept[count++] = octet;
            }
        }

        return Encoding.UTF8.GetString(kept, 0, count);
    }

    /// <summary>A tag's value as base64 with white space in it (RFC 6376 section 3.2); null where it is not.</summary>
    public byte[]? Base64(string name)
    {
        if (WithoutSpace(name) is not { } text)
        {
            return null;
        }

        byte[] octets = new byte[(text.Length * 3 / 4) + 3];
        return Convert.TryFromBase64String(text, octets, out int count) ? octets[..count] : null;
    }

    /// <summary>A tag's value as an unsigned decimal number of at most so many digits; null where it is not.</summary>
    public long? Number(string name, int maximumDigits)
    {
        if (!TryGet(name, out ReadOnlySpan<byte> value) || value.IsEmpty || value.Length > maximumDigits
            || value.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0)
        {
            return null;
        }

        return long.TryParse(value, out long number) ? number : long.MaxValue;
    }

    private bool TryReadAll()
    {
        ReadOnlySpan<byte> text = _text.Span;
        int position = 0;
        while (true)
        {
            int length = text[position..].IndexOf((byte)';');
            int end = length < 0 ? text.Length : position + length;
            bool isBlank = text[position..end].Trim(" \t\r\n"u8).IsEmpty;
            if (isBlank && length < 0)
            {
                return true; // after the last semicolon
            }

            if (isBlank || !TryReadTag(position, end))
            {
                return false;
            }

            if (length < 0)
            {
                return true;
            }

            position = end + 1;
        }
    }

    private bool TryReadTag(int start, int end)
    {
        ReadOnlySpan<byte> spec = _text.Span[start..end];
        int equals = spec.IndexOf((byte)'=');
        if (equals < 0 || _tags.Count == MaximumTags)
        {
            return false;
        }

        ReadOnlySpan<byte> name = spec[..equals].Trim(" \t\r\n"u8);
        if (name.IsEmpty || name.Length > 32 || !char.IsAsciiLetter((char)name[0]) || name.ContainsAnyExcept(NameOctets)
            || HasControl(spec[(equals + 1)..]))
        {
            return false;
        }

        string text = Encoding.ASCII.GetString(name);
        if (Has(text))
        {
            return false;
        }

        _tags.Add(new Tag(text, start + equals + 1, end));
        return true;
    }

    private static bool HasControl(ReadOnlySpan<byte> value)
    {
        foreach (byte octet in value)
        {
            if (octet is < (byte)' ' and not ((byte)'\t' or (byte)'\r' or (byte)'\n') or 0x7f)
            {
                return true;
            }
        }

        return false;
    }

    private readonly record struct Tag(string Name, int RawStart, int RawEnd);
}
