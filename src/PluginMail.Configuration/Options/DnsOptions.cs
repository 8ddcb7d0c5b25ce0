using System.Globalization;
using System.Net;
using PluginMail.Configuration.Settings;

namespace PluginMail.Configuration.Options;

/// <summary>Table <c>[dns]</c>.</summary>
public sealed record DnsOptions
{
    private const int MaximumServers = 8;
    private const int Port = 53;

    /// <summary>
    /// <c>servers</c>: the recursive resolvers, asked in this order: <c>["127.0.0.1", "192.0.2.53:5353", "[2001:db8::53]:53"]</c>. Default none:
    /// those of /etc/resolv.conf, followed when it changes.
    /// </summary>
    public IReadOnlyList<IPEndPoint> Servers { get; init; } = [];

    /// <summary><c>timeout</c>: of one try of one server, from 100 milliseconds to 1 minute. Default <c>"2s"</c>.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary><c>attempts</c>: how often each server is tried, 1 to 10. Default 2.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary><c>time_limit</c>: of one look-up in all, from 100 milliseconds to 5 minutes. Default <c>"10s"</c>.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// <c>trust_ad</c>: whether what servers say of DNSSEC (the AD bit) counts although they are elsewhere. Those on loopback are believed anyhow.
    /// Default false.
    /// </summary>
    public bool TrustAd { get; init; }

    /// <summary><c>cache</c>: memory for answers in octets; 0 keeps none. Default <c>"16M"</c>.</summary>
    public long Cache { get; init; } = 16 << 20;

    internal static DnsOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("dns");
        var defaults = new DnsOptions();
        var least = TimeSpan.FromMilliseconds(100);
        return new DnsOptions
        {
            Servers = ReadServers(table),
            Timeout = table.GetDuration("timeout", defaults.Timeout, least, TimeSpan.FromMinutes(1)),
            Attempts = (int)table.GetInteger("attempts", defaults.Attempts, 1, 10),
            TimeLimit = table.GetDuration("time_limit", defaults.TimeLimit, least, TimeSpan.FromMinutes(5)),
            TrustAd = table.GetBoolean("trust_ad", defaults.TrustAd),
            Cache = table.GetSize("cache", defaults.Cache, 0, 1L << 32),
        };
    }

    private static List<IPEndPoint> ReadServers(TomlSettings table)
    {
        var servers = new List<IPEndPoint>();
        var texts = table.GetStrings("servers", []);
        if (texts.Count > MaximumServers)
        {
            table.Reject("servers", $"{MaximumServers} servers at most");
        }

        for (int i = 0; i < Math.Min(texts.Count, MaximumServers); i++)
        {
            if (TryServer(texts[i], out var server))
            {
                servers.Add(server);
            }
            else
            {
                table.RejectItem("servers", i, "an IP address, with a port if it is not 53: \"192.0.2.53\", \"192.0.2.53:5353\", \"[2001:db8::53]:5353\"");
            }
        }

        return servers;
    }

    private static bool TryServer(string text, out IPEndPoint server)
    {
        bool hasPort = text.Contains("]:", StringComparison.Ordinal) || (text.Count(static c => c == ':') == 1 && text[0] != '[');
        int end = hasPort ? text.LastIndexOf(':') : text.Length;
        ushort port = Port;
        string host = text[..end];
        bool isV6 = host.Contains(':', StringComparison.Ordinal);
        host = isV6 && host[0] == '[' && host[^1] == ']' ? host[1..^1] : host;
        bool isAddress = IPAddress.TryParse(host, out var address) && (isV6 || host.Count(static c => c == '.') == 3);
        bool isPort = !hasPort || (ushort.TryParse(text.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port > 0);
        server = new IPEndPoint(isAddress ? address! : IPAddress.None, port);
        return isAddress && isPort;
    }
}
