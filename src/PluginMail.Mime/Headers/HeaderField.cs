using System.Text;

namespace PluginMail.Mime;

/// <summary>One header field as it stands in a header block (RFC 5322 section 2.2), or a line that is no field at all.</summary>
public readonly ref struct HeaderField
{
    private readonly ReadOnlySpan<byte> _block;
    private readonly int _nameLength;
    private readonly int _valueEnd;

    internal HeaderField(ReadOnlySpan<byte> block, int start, int nameLength, int valueStart, int valueEnd, int end)
    {
        _block = block;
        Start = start;
        _nameLength = nameLength;
        ValueStart = valueStart;
        _valueEnd = valueEnd;
        End = end;
    }

    /// <summary>Offset of the field's first byte in the block.</summary>
    public int Start { get; }

    /// <summary>Offset of the first byte after the colon.</summary>
    public int ValueStart { get; }

    /// <summary>Offset after the field's last line end.</summary>
    public int End { get; }

    /// <summary>The field's name without the colon or the obsolete space before it; empty when <see cref="IsGarbage"/>.</summary>
    public ReadOnlySpan<byte> Name => _block.Slice(Start, _nameLength);

    /// <summary>All after the colon up to the last line end, still folded.</summary>
    public ReadOnlySpan<byte> RawValue => _block[ValueStart.._valueEnd];

    /// <summary>The field's bytes with its line ends.</summary>
    public ReadOnlySpan<byte> Raw => _block[Start..End];

    /// <summary>True for a line that is no header field: no colon, a bad name, or an mbox "From " line.</summary>
    public bool IsGarbage => _nameLength == 0;

    /// <summary>Compares the name without regard to ASCII case.</summary>
    public bool Is(ReadOnlySpan<byte> name) => _nameLength == name.Length && Ascii.EqualsIgnoreCase(Name, name);
}
