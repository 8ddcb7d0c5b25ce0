using System.Buffers;

namespace PluginMail.Mime;

/// <summary>
/// Header fields of a header block (RFC 5322 sections 2.2, 3.6 and the obsolete forms of section 4), enumerated in order and without
/// allocation. Lines may end with CRLF or LF; the enumeration ends at the empty line or at the end of the bytes.
/// </summary>
/// <param name="bytes">The block, with or without the empty line and what follows it.</param>
public readonly ref struct HeaderBlock(ReadOnlySpan<byte> bytes)
{
    private static readonly SearchValues<byte> NameBytes = SearchValues.Create(
        "!\"#$%&'()*+,-./0123456789;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Enumerates the fields and garbage lines.</summary>
    public Enumerator GetEnumerator() => new(_bytes);

    /// <summary>The first field of that name (ASCII case does not matter).</summary>
    public bool TryFind(ReadOnlySpan<byte> name, out HeaderField field)
    {
        foreach (var candidate in this)
        {
            if (candidate.Is(name))
            {
                field = candidate;
                return true;
            }
        }
        field = default;
        return false;
    }

    /// <summary>
    /// Finds where the header of a whole message ends: <paramref name="headerEnd"/> is the offset of the empty line (or of the end of the
    /// bytes), the result the offset of the body. A message whose first line is no header field has no header, so both are 0.
    /// </summary>
    public static int FindBody(ReadOnlySpan<byte> message, out int headerEnd)
    {
        var position = 0;
        while (position < message.Length)
        {
            var line = FirstLine(message[position..]);
            if (IsEmptyLine(line))
            {
                headerEnd = position;
                return position + line.Length;
            }
            if (position == 0 && !IsFieldLine(line) && !IsMboxLine(line))
            {
                headerEnd = 0;
                return 0;
            }
            position += line.Length;
        }
        headerEnd = message.Length;
        return message.Length;
    }

    /// <summary>True when the line starts a header field: a name of printable ASCII, optional white space, a colon.</summary>
    internal static bool IsFieldLine(ReadOnlySpan<byte> line) => NameLength(line, out _) > 0;

    /// <summary>True when the text is a field name (RFC 5322 section 2.2).</summary>
    public static bool IsFieldName(string name) =>
        name.Length > 0 && name.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0 && !name.Contains(':', StringComparison.Ordinal);

    /// <summary>True for the separator line of an mbox file.</summary>
    internal static bool IsMboxLine(ReadOnlySpan<byte> line) => line.StartsWith("From "u8) || line.StartsWith(">From "u8);

    internal static bool IsEmptyLine(ReadOnlySpan<byte> line) => line.SequenceEqual("\r\n"u8) || line.SequenceEqual("\n"u8);

    internal static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)'\n');
        return end < 0 ? bytes : bytes[..(end + 1)];
    }

    private static int NameLength(ReadOnlySpan<byte> line, out int colon)
    {
        var length = line.IndexOfAnyExcept(NameBytes);
        colon = length;
        if (length <= 0)
        {
            return 0;
        }
        while (colon < line.Length && line[colon] is (byte)' ' or (byte)'\t')
        {
            colon++;
        }
        return colon < line.Length && line[colon] == (byte)':' ? length : 0;
    }

    /// <summary>Walks over the fields of a block.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _bytes;
        private int _position;

        internal Enumerator(ReadOnlySpan<byte> bytes)
        {
            _bytes = bytes;
            _position = 0;
        }

        /// <summary>The field that the last <see cref="MoveNext"/> found.</summary>
        public HeaderField Current { get; private set; }

        /// <summary>Moves to the next field; false at the empty line or at the end.</summary>
        public bool MoveNext()
        {
            if (_position >= _bytes.Length)
            {
                return false;
            }
            var start = _position;
            var line = FirstLine(_bytes[start..]);
            if (IsEmptyLine(line))
            {
                return false;
            }
            var nameLength = NameLength(line, out var colon);
            var end = start + line.Length;
            while (nameLength > 0 && end < _bytes.Length && _bytes[end] is (byte)' ' or (byte)'\t')
            {
                end += FirstLine(_bytes[end..]).Length;
            }
            _position = end;
            var valueStart = nameLength > 0 ? start + colon + 1 : start;
            Current = new HeaderField(_bytes, start, nameLength, valueStart, WithoutLineEnd(valueStart, end), end);
            return true;
        }

        private readonly int WithoutLineEnd(int start, int end)
        {
            if (end > start && _bytes[end - 1] == (byte)'\n')
            {
                end--;
                if (end > start && _bytes[end - 1] == (byte)'\r')
                {
                    end--;
                }
            }
            return end;
        }
    }
}
