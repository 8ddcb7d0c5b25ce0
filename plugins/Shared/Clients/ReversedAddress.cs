using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PluginMail.Clients;

/// <summary>Addresses as DNS has them: the least significant part first.</summary>
internal static class ReversedAddress
{
    /// <summary>Octets of IPv4, nibbles of IPv6 (RFC 5782 sections 2.1 and 2.4), joined by dots.</summary>
    public static string Of(IPAddress address)
    {
        byte[] octets = address.GetAddressBytes();
        Array.Reverse(octets);
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return string.Join('.', octets);
        }

        var text = new StringBuilder(64);
        foreach (byte octet in octets)
        {
            text.Append(text.Length > 0 ? "." : "").Append((octet & 15).ToString("x")).Append('.').Append((octet >> 4).ToString("x"));
        }

        return text.ToString();
    }

    /// <summary>The name whose PTR records name the address (RFC 1035 section 3.5, RFC 3596 section 2.5).</summary>
    public static string NameOf(IPAddress address) =>
        Of(address) + (address.AddressFamily == AddressFamily.InterNetwork ? ".in-addr.arpa" : ".ip6.arpa");
}
