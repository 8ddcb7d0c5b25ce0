using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace PluginMail.Dns.Tests;

/// <summary>Builds messages, good and bad, octet by octet.</summary>
internal sealed class Packet
{
    private readonly List<byte> _octets = [.. new byte[12]];

    public int Length => _octets.Count;

    public byte[] Octets => [.. _octets];

    /// <summary>A response to a query that was received, with its id and question.</summary>
    public static Packet To(ReadOnlySpan<byte> query, int code = 0, bool isTruncated = false, bool isAuthenticated = false)
    {
        var packet = new Packet();
        packet.Set(0, BinaryPrimitives.ReadUInt16BigEndian(query));
        packet.Set(2, (ushort)(0x8180 | code | (isTruncated ? 0x0200 : 0) | (isAuthenticated ? 0x0020 : 0)));
        packet.Set(4, 1);
        int end = query[12..].IndexOf((byte)0) + 13 + 4;
        packet._octets.AddRange(query[12..end]);
        return packet;
    }

    /// <summary>A response made by hand, with id 7.</summary>
    public static Packet For(string name, DnsRecordType type, int code = 0)
    {
        var packet = new Packet();
        packet.Set(0, 7);
        packet.Set(2, (ushort)(0x8180 | code));
        packet.Set(4, 1);
        return packet.Name(name).Word((int)type).Word(1);
    }

    /// <summary>Sets a field of the header.</summary>
    public Packet Set(int offset, int value)
    {
        _octets[offset] = (byte)(value >> 8);
        _octets[offset + 1] = (byte)value;
        return this;
    }

    public Packet Answer(string owner, DnsRecordType type, Action<Packet> data, uint timeToLive = 300) => Record(6, owner, (int)type, data, timeToLive);

    public Packet Authority(string owner, int type, Action<Packet> data, uint timeToLive = 300) => Record(8, owner, type, data, timeToLive);

    public Packet StartOfAuthority(string zone, uint timeToLive, uint minimum) => Authority(
        zone, 6, data => data.Name("ns." + zone).Name("h." + zone).Long(1).Long(2).Long(3).Long(4).Long(minimum), timeToLive);

    public Packet Address(string owner, string address, uint timeToLive = 300) =>
        Answer(owner, DnsRecordType.A, data => data.Raw(IPAddress.Parse(address).GetAddressBytes()), timeToLive);

    public Packet Alias(string owner, string target, uint timeToLive = 300) =>
        Answer(owner, DnsRecordType.CNAME, data => data.Name(target), timeToLive);

    public Packet Name(string name)
    {
        foreach (string label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            _octets.Add((byte)label.Length);
            _octets.AddRange(Encoding.Latin1.GetBytes(label));
        }

        _octets.Add(0);
        return this;
    }

    public Packet Word(int value) => Raw((byte)(value >> 8), (byte)value);

    public Packet Long(uint value) => Word((int)(value >> 16)).Word((int)value & 0xFFFF);

    public Packet Raw(params byte[] octets)
    {
        _octets.AddRange(octets);
        return this;
    }

    private Packet Record(int counter, string owner, int type, Action<Packet> data, uint timeToLive)
    {
        Set(counter, BinaryPrimitives.ReadUInt16BigEndian(_octets.GetRange(counter, 2).ToArray()) + 1);
        Name(owner).Word(type).Word(1).Long(timeToLive).Word(0);
        int start = Length;
        data(this);
        return Set(start - 2, Length - start);
    }
}
