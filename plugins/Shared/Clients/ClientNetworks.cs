using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using PluginMail.Abstractions;

namespace PluginMail.Clients;

/// <summary>Clients of a settings key: networks in CIDR form, and whoever is on this host.</summary>
/// <param name="networks">The networks.</param>
/// <param name="haveThisHost">Whether clients on this host are meant, by whatever address of its own.</param>
internal sealed class ClientNetworks(ImmutableArray<IPNetwork> networks, bool haveThisHost)
{
    /// <summary>Stands in a list for the addresses of this host.</summary>
    public const string ThisHost = "this_host";

    /// <summary>Loopback, private and link-local networks (RFC 6890) and this host, from which no stranger comes.</summary>
    public static readonly ImmutableArray<string> NoStrangers =
    [
        "127.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7", "fe80::/10", ThisHost,
    ];

    /// <summary>Reads a list of networks and addresses, and <see cref="ThisHost"/>.</summary>
    public static ClientNetworks Read(ISettings settings, string key, IReadOnlyList<string> defaultValue)
    {
        var networks = ImmutableArray.CreateBuilder<IPNetwork>();
        bool haveThisHost = false;
        foreach (string text in settings.GetStrings(key, defaultValue))
        {
            if (text == ThisHost)
            {
                haveThisHost = true;
            }
            else if (IPAddress.TryParse(text, out var address) && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Count(static c => c == '.') == 3)) // "1.2" is 1.0.0.2 to it
            {
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else if (IPNetwork.TryParse(text, out var network))
            {
                networks.Add(network);
            }
            else
            {
                settings.Reject(key, $"networks and addresses like \"192.0.2.0/24\" or \"2001:db8::1\", or \"{ThisHost}\"");
            }
        }

        return new ClientNetworks(networks.ToImmutable(), haveThisHost);
    }

    /// <summary>The client's address as it is looked up and compared: IPv4 in an IPv6 coat (RFC 4291 section 2.5.5.2) is IPv4, and which of this host's links it is on (RFC 4007 section 11) is left out.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 } ? new IPAddress(address.GetAddressBytes())
        : address;

    /// <summary>Whether a session's client is one of them.</summary>
    public bool Contain(ISessionView session) =>
        session.RemoteEndPoint is { Address: { } remote } && (Contain(Plain(remote)) || (haveThisHost && IsThisHost(remote, session.LocalEndPoint)));

    /// <summary>
    /// Whether a client connected from the very address that it connected to: what the kernel gives a program that asks for one of its own
    /// host's addresses. No other host can: the answers to it would not leave this one.
    /// </summary>
    /// <remarks>Both ends are those of the accepted socket; nothing that a client or a proxy says changes them.</remarks>
    private static bool IsThisHost(IPAddress remote, IPEndPoint? local) => local is not null && Plain(remote).Equals(Plain(local.Address));

    private bool Contain(IPAddress address)
    {
        foreach (var network in networks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
