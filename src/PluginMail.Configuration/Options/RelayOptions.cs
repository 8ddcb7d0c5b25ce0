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

    /// <summary><c>smarthost</c> with its further keys: takes all mail to other servers; null (empty): each domain's mail exchangers do.</summary>
    public RelayHost? Smarthost { get; init; }

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
        return new RelayOptions
        {
            Networks = NetworkSyntax.Read(table, "networks"),
            Smarthost = RelayHost.Read(reader, table, "smarthost", "smarthost_", RelayTls.Required),
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
            if (!NetworkSyntax.TryParse(entries[i], out _) && !DomainSyntax.IsDomain(name))
            {
                table.RejectItem(key, i, "an address \"a@b.example\", a domain \"b.example\", domains below one \".b.example\", or a network \"192.0.2.0/24\"");
            }
        }

        return entries;
    }
}
