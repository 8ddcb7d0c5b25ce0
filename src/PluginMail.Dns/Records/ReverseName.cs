using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PluginMail.Dns;

/// <summary>Names made of addresses, their parts in reverse: for PTR records and lists of addresses.</summary>
public static class ReverseName
{
    /// <summary>The name of an address's PTR records (RFC 1035 section 3.5, RFC 3596 section 2.5).</summary>
    /// <param name="address">The address; an IPv4 address in an IPv6 one counts as IPv4.</param>
    public static string Of(IPAddress address) =>
        Under(address, IsVersion4(address) ? "in-addr.arpa" : "ip6.arpa");

    /// <summary>The name of an address in a list (RFC 5782 section 2): <c>2.0.0.127.zone</c>, or 32 nibbles for IPv6.</summary>
    /// <param name="address">The address; an IPv4 address in an IPv6 one counts as IPv4.</param>
    /// <param name="zone">The list's zone.</param>
    public static string Under(IPAddress address, string zone)
    {
        byte[] octets = (IsVersion4(address) ? address.MapToIPv4() : address).GetAddressBytes();
        var name = new StringBuilder(zone.Length + (octets.Length * 4));
        for (int i = octets.Length - 1; i >= 0; i--)
        {
            if (octets.Length == 4)
            {
                name.Append(octets[i]).Append('.');
            }
            else
            {
                name.Append(Nibble(octets[i] & 0xF)).Append('.').Append(Nibble(octets[i] >> 4)).Append('.');
            }
        }

        return name.Append(zone).ToString();
    }

    private static char Nibble(int value) => "0123456789abcdef"[value];

    private static bool IsVersion4(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6;
}
