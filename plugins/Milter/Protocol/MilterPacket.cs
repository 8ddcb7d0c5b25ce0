using System.Buffers.Binary;
using System.Text;

namespace PluginMail.Milter.Protocol;

/// <summary>A packet from a milter.</summary>
/// <param name="Kind">Its first octet, of <see cref="MilterAnswer"/>.</param>
/// <param name="Data">The rest.</param>
internal readonly record struct MilterPacket(byte Kind, byte[] Data)
{
    /// <summary>The kind as a letter, for people.</summary>
    public string Letter => Kind is > (byte)' ' and <= (byte)'~' ? ((char)Kind).ToString() : $"0x{Kind:x2}";
}

/// <summary>Takes a packet's data apart: numbers in network order, strings that end with a NUL.</summary>
internal ref struct MilterPacketReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    /// <summary>Whether nothing is left.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>A number of 32 bits.</summary>
    /// <exception cref="MilterFaultException">There is none.</exception>
    public uint ReadNumber()
    {
        if (_rest.Length < sizeof(uint))
        {
            throw new MilterFaultException("a packet of it is too short");
        }

        uint number = BinaryPrimitives.ReadUInt32BigEndian(_rest);
        _rest = _rest[sizeof(uint)..];
        return number;
    }

    /// <summary>A string's octets, without the NUL.</summary>
    /// <exception cref="MilterFaultException">There is none.</exception>
    public ReadOnlySpan<byte> ReadOctets()
    {
        int end = _rest.IndexOf((byte)0);
        if (end < 0)
        {
            throw new MilterFaultException("a string in a packet of it has no end");
        }

        ReadOnlySpan<byte> octets = _rest[..end];
        _rest = _rest[(end + 1)..];
        return octets;
    }

    /// <summary>A string.</summary>
    /// <exception cref="MilterFaultException">There is none.</exception>
    public string ReadText() => Encoding.UTF8.GetString(ReadOctets());
}
