using System.Net;
using System.Net.NetworkInformation;

namespace PluginMail.SmtpClient;

/// <summary>Knows this server where a mail exchanger turns out to be itself.</summary>
/// <param name="endPoints">Where this server listens.</param>
internal readonly struct OwnAddresses(IReadOnlyList<IPEndPoint> endPoints)
{
    /// <summary>Whether an address and port are this server's.</summary>
    public bool Contains(IPAddress address, int port)
    {
        foreach (IPEndPoint own in endPoints)
        {
            if (own.Port == port && (own.Address.Equals(address) || (IsAny(own.Address) && IsOfThisMachine(address))))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static bool IsOfThisMachine(IPAddress address)
    {
        if (IPAddress.IsLoopback(address))
        {
            return true;
        }

        try
        {
            return NetworkInterface.GetAllNetworkInterfaces().Any(
                network => network.GetIPProperties().UnicastAddresses.Any(own => own.Address.Equals(address)));
        }
        catch (NetworkInformationException)
        {
            return false;
        }
    }
}
