using System.Diagnostics.CodeAnalysis;
using System.Net;
using PluginMail.Daemons;

namespace PluginMail.Icap;

/// <summary>Where a service is (RFC 3507 section 4.2).</summary>
/// <param name="Daemon">The host and its port, 1344 where none is given, or 11344 with TLS; its text is the service's URI.</param>
/// <param name="Host">The host, whose certificate it must be.</param>
/// <param name="Authority">Host and port for the Host field.</param>
/// <param name="IsEncrypted">Whether it speaks TLS from the start.</param>
internal sealed record IcapAddress(DaemonAddress Daemon, string Host, string Authority, bool IsEncrypted)
{
    private const string PlainScheme = "icap";
    private const string EncryptedScheme = "icaps";
    private const int PlainPort = 1344;
    private const int EncryptedPort = 11344;

    /// <summary>The service's URI.</summary>
    public string Uri => Daemon.Text;

    /// <summary>Reads <c>icap://host[:port][/service]</c>, or <c>icaps://</c> for TLS, which no standard has and servers agree on.</summary>
    /// <param name="text">The address.</param>
    /// <param name="service">The path where it has none; empty where it must have one.</param>
    /// <param name="address">The address when the text is one.</param>
    public static bool TryParse(string text, string service, [NotNullWhen(true)] out IcapAddress? address)
    {
        address = null;
        if (!System.Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not (PlainScheme or EncryptedScheme) || uri.Host.Length == 0 || uri.UserInfo.Length > 0
            || uri.Fragment.Length > 0 || uri.Port == 0)
        {
            return false;
        }

        string path = uri.PathAndQuery.Length > 1 ? uri.PathAndQuery : $"/{service}";
        if (path.Length < 2)
        {
            return false;
        }

        bool isEncrypted = uri.Scheme == EncryptedScheme;
        int port = !uri.IsDefaultPort && uri.Port > 0 ? uri.Port : isEncrypted ? EncryptedPort : PlainPort;
        string host = uri.IdnHost.Trim('[', ']');
        EndPoint endPoint = IPAddress.TryParse(host, out var ip) ? new IPEndPoint(ip, port) : new DnsEndPoint(host, port);
        string authority = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
        address = new IcapAddress(new DaemonAddress($"{uri.Scheme}://{authority}{path}", endPoint), host, authority, isEncrypted);
        return true;
    }
}
