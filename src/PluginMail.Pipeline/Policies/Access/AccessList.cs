using System.Net;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>Senders by address, domain and network, as an administrator lists them.</summary>
/// <remarks>Entries: <c>a@b.example</c>; <c>b.example</c>, the domain itself; <c>.b.example</c>, all domains below it; <c>192.0.2.0/24</c>, <c>2001:db8::1</c>.</remarks>
public sealed class AccessList
{
    /// <summary>A list without entries.</summary>
    public static readonly AccessList Empty = new([]);

    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<IPNetwork> _networks = [];

    /// <summary>Makes a list.</summary>
    /// <param name="entries">The entries; one that is neither address, domain nor network matches nothing.</param>
    public AccessList(IEnumerable<string> entries)
    {
        foreach (string entry in entries)
        {
            if (IPNetwork.TryParse(entry, out IPNetwork network))
            {
                _networks.Add(network);
            }
            else if (IPAddress.TryParse(entry, out IPAddress? address))
            {
                _networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else
            {
                _names.Add(entry);
            }
        }
    }

    /// <summary>Whether it has no entry.</summary>
    public bool IsEmpty => _names.Count == 0 && _networks.Count == 0;

    /// <summary>Whether it names a client's network.</summary>
    /// <param name="client">The client's address.</param>
    /// <returns>The entry that does; null where none does.</returns>
    public string? Find(IPAddress? client)
    {
        if (client is null)
        {
            return null;
        }

        IPAddress address = client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client;
        foreach (IPNetwork network in _networks)
        {
            if (network.Contains(address))
            {
                return network.ToString();
            }
        }

        return null;
    }

    /// <summary>Whether it names a sender's address, its domain, or one above it.</summary>
    /// <param name="sender">The reverse path; null, the null sender, is never named.</param>
    /// <returns>The entry that does; null where none does.</returns>
    public string? Find(EmailAddress? sender)
    {
        if (sender is null || _names.Count == 0)
        {
            return null;
        }

        if (_names.TryGetValue(sender.ToString(), out string? entry) || _names.TryGetValue(sender.Domain, out entry))
        {
            return entry;
        }

        for (int dot = sender.Domain.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = sender.Domain.IndexOf('.', dot + 1))
        {
            if (_names.TryGetValue(sender.Domain[dot..], out entry))
            {
                return entry;
            }
        }

        return null;
    }
}
