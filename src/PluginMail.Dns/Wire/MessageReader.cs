using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace PluginMail.Dns.Wire;

/// <summary>Reads fields of a message one after another; what is not there is false, never an exception.</summary>
internal ref struct MessageReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;

    /// <summary>Where the next field begins.</summary>
    public int Position { get; private set; }

    private readonly ReadOnlySpan<byte> Rest => _message[Position..];

    public bool TryRead(out byte value)
    {
        value = Rest.IsEmpty ? (byte)0 : _message[Position];
        return TrySkip(1);
    }

    public bool TryRead(out ushort value) => BinaryPrimitives.TryReadUInt16BigEndian(Rest, out value) && TrySkip(sizeof(ushort));

    public bool TryRead(out uint value) => BinaryPrimitives.TryReadUInt32BigEndian(Rest, out value) && TrySkip(sizeof(uint));

    public bool TryRead(int length, out ReadOnlySpan<byte> octets)
    {
        octets = (uint)length <= (uint)Rest.Length ? Rest[..length] : default;
        return TrySkip(length);
    }

    public bool TrySkip(int length)
    {
        if ((uint)length > (uint)Rest.Length)
        {
            return false;
        }

        Position += length;
        return true;
    }

    /// <summary>
    /// Reads a name in presentation form. A compression pointer (RFC 1035 section 4.1.4) must point before all that was read of the name, so that
    /// it cannot lead in a circle.
    /// </summary>
    public bool TryReadName([NotNullWhen(true)] out string? name)
    {
        name = null;
        Span<char> text = stackalloc char[DomainName.MaximumText];
        int written = 0;
        int octets = 1;
        int at = Position;
        int earliest = Position;
        int end = -1;
        while (at < _message.Length)
        {
            byte length = _message[at];
            if (length == 0)
            {
                Position = end < 0 ? at + 1 : end;
                name = written == 0 ? "." : new string(text[..written]);
                return true;
            }

            if (length >= 0xC0)
            {
                if (at + 1 == _message.Length || (((length & 0x3F) << 8) | _message[at + 1]) is var target && target >= earliest)
                {
                    return false;
                }

                end = end < 0 ? at + 2 : end;
                at = earliest = target;
                continue;
            }

            octets += length + 1;
            if (length > DomainName.MaximumLabel || octets > DomainName.MaximumOctets || at + 1 + length > _message.Length)
            {
                return false;
            }

            if (written > 0)
            {
                text[written++] = '.';
            }

            written += DomainName.WriteLabel(_message.Slice(at + 1, length), text[written..]);
            at += length + 1;
        }

        return false;
    }
}
