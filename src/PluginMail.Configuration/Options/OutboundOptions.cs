using System.Net;
using System.Net.Sockets;

namespace PluginMail.Configuration.Options;

/// <summary>Table <c>[outbound]</c>: connections to other servers.</summary>
public sealed record OutboundOptions
{
    /// <summary><c>port</c>: where mail exchangers listen; another one than 25 is for tests.</summary>
    public int Port { get; init; } = 25;

    /// <summary><c>bind</c>: local addresses to connect from, one IPv4 and one IPv6 at the most. Default none: the system chooses.</summary>
    public IReadOnlyList<IPAddress> Bind { get; init; } = [];

    /// <summary><c>idle_connections</c>: connections kept open for further messages, to all hosts together.</summary>
    public int IdleConnections { get; init; } = 200;

    /// <summary><c>idle_time</c>: how long a connection is kept without use, up to 1 minute.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The address of one family to connect from; null where the system chooses.</summary>
    /// <param name="family">IPv4 or IPv6.</param>
    public IPAddress? BindFor(AddressFamily family) => Bind.FirstOrDefault(address => address.AddressFamily == family);

    internal static OutboundOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("outbound");
        var defaults = new OutboundOptions();
        var bind = new List<IPAddress>();
        var texts = table.GetStrings("bind", []);
        for (int i = 0; i < texts.Count; i++)
        {
            if (IPAddress.TryParse(texts[i], out var address) && !bind.Exists(known => known.AddressFamily == address.AddressFamily))
            {
                bind.Add(address);
            }
            else
            {
                table.RejectItem("bind", i, "an IP address, one IPv4 and one IPv6 at the most");
            }
        }

        return new OutboundOptions
        {
            Port = (int)table.GetInteger("port", defaults.Port, 1, 65535),
            Bind = bind,
            IdleConnections = (int)table.GetInteger("idle_connections", defaults.IdleConnections, 0, 10_000),
            IdleTime = table.GetDuration("idle_time", defaults.IdleTime, TimeSpan.Zero, TimeSpan.FromMinutes(1)),
        };
    }
}
