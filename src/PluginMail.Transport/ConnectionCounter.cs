using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace PluginMail.Transport;

/// <summary>
/// Counts the connections of a listener, in all and by client address; IPv6 by /64, which a customer has at the least. Loopback counts in all
/// alone. Safe for concurrent use.
/// </summary>
/// <param name="maximum">At one time, in all.</param>
/// <param name="maximumPerAddress">At one time, of one address.</param>
/// <param name="maximumPerMinute">Begun within a minute, by one address.</param>
/// <param name="clock">The clock.</param>
public sealed class ConnectionCounter(int maximum, int maximumPerAddress, int maximumPerMinute, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, int> _byNetwork = [];
    private readonly Dictionary<UInt128, int> _begun = []; // in the minute that runs
    private long _minute;
    private int _count;

    /// <summary>Counts one more, if there may be one.</summary>
    /// <param name="address">The client's address; null where it has none.</param>
    /// <returns>False where there may be none; it is not counted then.</returns>
    public bool TryEnter(IPAddress? address)
    {
        lock (_lock)
        {
            if (_count >= maximum)
            {
                return false;
            }

            if (address is not null && !IPAddress.IsLoopback(address))
            {
                UInt128 network = NetworkOf(address);
                int open = _byNetwork.GetValueOrDefault(network);
                if (open >= maximumPerAddress || !MayBegin(network))
                {
                    return false;
                }

                _byNetwork[network] = open + 1;
            }

            _count++;
            return true;
        }
    }

    /// <summary>Counts one less of those that were counted.</summary>
    /// <param name="address">The client's address.</param>
    public void Leave(IPAddress? address)
    {
        lock (_lock)
        {
            _count--;
            if (address is null || IPAddress.IsLoopback(address))
            {
                return;
            }

            UInt128 network = NetworkOf(address);
            int open = _byNetwork[network];
            if (open == 1)
            {
                _byNetwork.Remove(network);
            }
            else
            {
                _byNetwork[network] = open - 1;
            }
        }
    }

    // Bounded by what clients can open within a minute.
    private bool MayBegin(UInt128 network)
    {
        if (maximumPerMinute == int.MaxValue)
        {
            return true;
        }

        long minute = clock.GetUtcNow().Ticks / TimeSpan.TicksPerMinute;
        if (minute != _minute)
        {
            _minute = minute;
            _begun.Clear();
        }

        int begun = _begun.GetValueOrDefault(network) + 1;
        _begun[network] = begun;
        return begun <= maximumPerMinute;
    }

    private static UInt128 NetworkOf(IPAddress address)
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
