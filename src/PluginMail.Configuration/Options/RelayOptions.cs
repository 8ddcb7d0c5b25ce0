using System.Net;
using PluginMail.Configuration.Settings;

namespace PluginMail.Configuration.Options;

/// <summary>Table <c>[relay]</c>.</summary>
public sealed record RelayOptions
{
    /// <summary>
    /// <c>networks</c>: clients in these networks may send to anybody without login: <c>["10.0.0.0/8", "2001:db8::/32", "192.0.2.7"]</c>.
    /// Default none; loopback is not among them by itself.
    /// </summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>
    /// <c>always_accept</c>: senders that greylisting, block lists and reverse DNS don't hold up: addresses, domains, <c>.domains</c> with all
    /// below them, networks. Default none. Who is on both lists is accepted.
    /// </summary>
    public IReadOnlyList<string> AlwaysAccept { get; init; } = [];

    /// <summary><c>always_refuse</c>: senders that are refused (550 5.7.1), in the same forms. Default none. Logins are not concerned.</summary>
    public IReadOnlyList<string> AlwaysRefuse { get; init; } = [];

    /// <summary>
    /// <c>srs</c>: mail that aliases, forwarding and filters send on to other hosts gets a reverse path of this server (Sender Rewriting Scheme),
    /// so that it passes their SPF checks and reports find back. Default true.
    /// </summary>
    public bool RewriteSenders { get; init; } = true;

    /// <summary>Whether a client may relay without login. An IPv4 address in an IPv6 one (RFC 4291 2.5.5.2) counts as IPv4.</summary>
    /// <param name="client">The client's address.</param>
    public bool IsAllowed(IPAddress client)
    {
        var address = client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client;
        return Networks.Any(n => n.Contains(address));
    }

    internal static RelayOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("relay");
        var networks = new List<IPNetwork>();
        var texts = table.GetStrings("networks", []);
        for (int i = 0; i < texts.Count; i++)
        {
            if (TryNetwork(texts[i], out var network))
            {
                networks.Add(network);
            }
            else
            {
                table.RejectItem("networks", i, "a network like \"10.0.0.0/8\" or \"2001:db8::/32\" without bits behind the prefix, or an IP address");
            }
        }

        if (table.GetString("smarthost", "").Length > 0)
        {
            table.RejectUnsupported("smarthost");
        }

        return new RelayOptions
        {
            Networks = networks,
            AlwaysAccept = ReadSenders(table, "always_accept"),
            AlwaysRefuse = ReadSenders(table, "always_refuse"),
            RewriteSenders = table.GetBoolean("srs", defaultValue: true),
        };
    }

    private static IReadOnlyList<string> ReadSenders(TomlSettings table, string key)
    {
        var entries = table.GetStrings(key, []);
        for (int i = 0; i < entries.Count; i++)
        {
            string name = entries[i][(entries[i].LastIndexOf('@') + 1)..].TrimStart('.');
            if (!TryNetwork(entries[i], out _) && !DomainSyntax.IsDomain(name))
            {
                table.RejectItem(key, i, "an address \"a@b.example\", a domain \"b.example\", domains below one \".b.example\", or a network \"192.0.2.0/24\"");
            }
        }

        return entries;
    }

    private static bool TryNetwork(string text, out IPNetwork network)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            return IPNetwork.TryParse(text, out network) && IPAddress.TryParse(text.AsSpan(0, slash), out var start) && start.Equals(network.BaseAddress);
        }

        bool isAddress = IPAddress.TryParse(text, out var address) && (text.Contains(':', StringComparison.Ordinal) || text.Count(static c => c == '.') == 3);
        network = isAddress ? new IPNetwork(address!, address!.GetAddressBytes().Length * 8) : default;
        return isAddress;
    }
}
