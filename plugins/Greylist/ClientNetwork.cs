using System.Net;
using System.Net.Sockets;

namespace PluginMail.Greylist;

/// <summary>What stands for a client: a network, as big senders try again from a neighbour.</summary>
internal static class ClientNetwork
{
    /// <summary>The network of an address, as <c>192.0.2.0/24</c>.</summary>
    public static string NetworkOf(IPAddress client, GreylistOptions options)
    {
        int prefix = client.AddressFamily == AddressFamily.InterNetwork ? options.NetworkV4 : options.NetworkV6;
        byte[] octets = client.GetAddressBytes();
        for (int i = 0; i < octets.Length; i++)
        {
            int kept = Math.Clamp(prefix - (8 * i), 0, 8);
            octets[i] &= (byte)(0xFF00 >> kept);
        }

        return $"{new IPAddress(octets)}/{prefix}";
    }
}
