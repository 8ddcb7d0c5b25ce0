using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>
/// An ordered list of networks, names and addresses, as large as may be: finds the first that a client, a name or an address is of, in a time
/// that depends on how many lengths of prefixes there are, not on how many entries.
/// </summary>
/// <remarks>
/// Entries: <c>192.0.2.0/24</c>, <c>2001:db8::1</c>; <c>b.example</c>, the name itself; <c>.b.example</c>, all names below it; <c>a@b.example</c>;
/// <c>a@</c>, whatever the domain; <c>&lt;&gt;</c>, the null sender. Case does not matter.
/// </remarks>
public sealed class AccessPatterns
{
    /// <summary>What stands for the null sender.</summary>
    public const string NullSender = "<>";

    private readonly FrozenDictionary<string, int> _names;
    private readonly Networks _ipv4 = new();
    private readonly Networks _ipv6 = new();

    /// <summary>Makes a list.</summary>
    /// <param name="entries">The entries; of two that are the same the first one counts.</param>
    public AccessPatterns(IEnumerable<string> entries)
    {
        var names = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        int index = 0;
        foreach (string entry in entries)
        {
            if (NetworkOf(entry) is { } network)
            {
                (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? _ipv4 : _ipv6).Add(network, index);
            }
            else
            {
                names.TryAdd(entry, index);
            }

            index++;
        }

        _names = names.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The first entry that a client's address is of; negative where there is none.</summary>
    /// <param name="client">The address; null is of none.</param>
    /// <returns>Its index from 0.</returns>
    public int Find(IPAddress? client)
    {
        if (client is null)
        {
            return -1;
        }

        IPAddress address = client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client;
        return (address.AddressFamily == AddressFamily.InterNetwork ? _ipv4 : _ipv6).Find(address);
    }

    /// <summary>The first entry that a host's or domain's name is of; negative where there is none.</summary>
    /// <param name="name">The name; null is of none.</param>
    /// <returns>Its index from 0.</returns>
    public int Find(string? name) => name is null || _names.Count == 0 ? -1 : (int)FindName(name, uint.MaxValue);

    /// <summary>The first entry that an address is of; negative where there is none.</summary>
    /// <param name="address">The address; null is the null sender.</param>
    /// <returns>Its index from 0.</returns>
    public int Find(EmailAddress? address)
    {
        if (_names.Count == 0)
        {
            return -1;
        }

        return address is null
            ? _names.GetValueOrDefault(NullSender, -1)
            : (int)FindName(address.Domain, Math.Min(Exact(address.ToString()), Exact($"{address.LocalPart}@")));
    }

    private static IPNetwork? NetworkOf(string entry) =>
        IPNetwork.TryParse(entry, out IPNetwork network) ? network
        : IPAddress.TryParse(entry, out IPAddress? address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;

    // Indices as unsigned numbers: -1, nothing found, is the largest.
    private uint Exact(string name) => (uint)_names.GetValueOrDefault(name, -1);

    private uint FindName(string name, uint best)
    {
        best = Math.Min(best, Exact(name));
        for (int dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            best = Math.Min(best, Exact(name[dot..]));
        }

        return best;
    }

    /// <summary>The networks of one address family, by the length of their prefixes.</summary>
    private sealed class Networks
    {
        private readonly List<(int Length, Dictionary<UInt128, int> Entries)> _byLength = [];

        public void Add(IPNetwork network, int index)
        {
            int found = _byLength.FindIndex(lengths => lengths.Length == network.PrefixLength);
            if (found < 0)
            {
                found = _byLength.Count;
                _byLength.Add((network.PrefixLength, []));
            }

            _byLength[found].Entries.TryAdd(Prefix(Number(network.BaseAddress), network.PrefixLength), index);
        }

        public int Find(IPAddress address)
        {
            uint best = uint.MaxValue;
            UInt128 number = Number(address);
            foreach ((int length, Dictionary<UInt128, int> entries) in _byLength)
            {
                best = entries.TryGetValue(Prefix(number, length), out int index) ? Math.Min(best, (uint)index) : best;
            }

            return (int)best;
        }

        private static UInt128 Prefix(UInt128 address, int length) => length == 0 ? 0 : address & (UInt128.MaxValue << (128 - length));

        // Left-aligned: an IPv4 address is the upper 32 bits.
        private static UInt128 Number(IPAddress address)
        {
            Span<byte> octets = stackalloc byte[16];
            octets.Clear();
            address.TryWriteBytes(octets, out _);
            return BinaryPrimitives.ReadUInt128BigEndian(octets);
        }
    }
}
