using System.Collections.Frozen;
using System.Net;
using System.Net.NetworkInformation;

namespace PluginMail.SmtpClient;

/// <summary>Knows this server where a mail exchanger turns out to be itself. Safe for concurrent calls.</summary>
/// <param name="clock">Says when this machine's addresses are to be read again.</param>
internal sealed class OwnAddresses(TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);
    private volatile Known? _known;

    /// <summary>Whether an address and port are this server's.</summary>
    /// <param name="endPoints">Where this server listens.</param>
    /// <param name="address">The address.</param>
    /// <param name="port">The port.</param>
    public bool Contains(IReadOnlyList<IPEndPoint> endPoints, IPAddress address, int port)
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

    private bool IsOfThisMachine(IPAddress address)
    {
        if (IPAddress.IsLoopback(address))
        {
            return true;
        }

        if (_known is not { } known || clock.GetElapsedTime(known.Read) > Lifetime)
        {
            _known = known = new Known(clock.GetTimestamp(), Read());
        }

        return known.Addresses.Contains(address);
    }

    private static FrozenSet<IPAddress> Read()
    {
        try
        {
            return NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(static network => network.GetIPProperties().UnicastAddresses)
                .Select(static own => own.Address)
                .ToFrozenSet();
        }
        catch (NetworkInformationException)
        {
            return FrozenSet<IPAddress>.Empty;
        }
    }

    private sealed record Known(long Read, FrozenSet<IPAddress> Addresses);
}
