using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace PluginMail.Icap;

/// <summary>Where a service is (RFC 3507 section 4.2).</summary>
/// <param name="EndPoint">The host and its port, 1344 where none is given.</param>
/// <param name="Authority">Host and port for the Host field.</param>
/// <param name="Uri">The service's URI.</param>
internal sealed record IcapAddress(EndPoint EndPoint, string Authority, string Uri)
{
    private const int DefaultPort = 1344;

    /// <summary>Reads <c>icap://host[:port][/service]</c>.</summary>
    /// <param name="text">The address.</param>
    /// <param name="service">The path where it has none; empty where it must have one.</param>
    /// <param name="address">The address when the text is one.</param>
    public static bool TryParse(string text, string service, [NotNullWhen(true)] out IcapAddress? address)
    {
        address = null;
        if (!System.Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != "icap" || uri.Host.Length == 0 || uri.UserInfo.Length > 0
            || uri.Fragment.Length > 0 || uri.Port == 0)
        {
            return false;
        }

        string path = uri.PathAndQuery.Length > 1 ? uri.PathAndQuery : $"/{service}";
        if (path.Length < 2)
        {
            return false;
        }

        int port = uri.IsDefaultPort || uri.Port < 0 ? DefaultPort : uri.Port;
        string host = uri.IdnHost.Trim('[', ']');
        EndPoint endPoint = IPAddress.TryParse(host, out var ip) ? new IPEndPoint(ip, port) : new DnsEndPoint(host, port);
        string authority = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
        address = new IcapAddress(endPoint, authority, $"icap://{authority}{path}");
        return true;
    }
}
