using System.Net;
using PluginMail.Configuration.Settings;

namespace PluginMail.Configuration.Options;

/// <summary>Networks in CIDR notation (RFC 4632, RFC 4291 2.3), and single addresses as networks of one.</summary>
internal static class NetworkSyntax
{
    /// <summary>Reads a list of networks and rejects what is none.</summary>
    internal static IReadOnlyList<IPNetwork> Read(TomlSettings table, string key)
    {
        var networks = new List<IPNetwork>();
        var texts = table.GetStrings(key, []);
        for (int i = 0; i < texts.Count; i++)
        {
            if (TryParse(texts[i], out var network))
            {
                networks.Add(network);
            }
            else
            {
                table.RejectItem(key, i, "a network like \"10.0.0.0/8\" or \"2001:db8::/32\" without bits behind the prefix, or an IP address");
            }
        }

        return networks;
    }

    /// <summary>Reads one network.</summary>
    internal static bool TryParse(string text, out IPNetwork network)
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
