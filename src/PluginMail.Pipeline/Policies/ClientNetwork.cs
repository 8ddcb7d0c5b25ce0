using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace PluginMail.Pipeline;

/// <summary>What stands for one client in counts by address: the IPv4 address, or the /64 that a customer has in IPv6 at the least.</summary>
internal static class ClientNetwork
{
    /// <summary>The network of an address, IPv4 as its IPv6-mapped form (RFC 4291 section 2.5.5.2).</summary>
    public static UInt128 Of(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        bool isV6 = address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6;
        (isV6 ? address : address.MapToIPv6()).TryWriteBytes(octets, out _);
        if (isV6)
        {
            octets[8..].Clear();
        }

        return BinaryPrimitives.ReadUInt128BigEndian(octets);
    }
}
