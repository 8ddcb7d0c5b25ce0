using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace PluginMail.ClamAv;

/// <summary>Where a clamd listens.</summary>
/// <param name="Text">As the settings write it.</param>
/// <param name="EndPoint">As sockets take it.</param>
internal sealed record ClamdAddress(string Text, EndPoint EndPoint)
{
    private const string UnixScheme = "unix:";

    /// <summary>Reads <c>host:port</c>, <c>[ipv6]:port</c> or <c>unix:/path</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ClamdAddress? address)
    {
        address = ParseEndPoint(text) is { } endPoint ? new ClamdAddress(text, endPoint) : null;
        return address is not null;
    }

    /// <summary>Makes a socket of the right kind.</summary>
    public Socket CreateSocket() => EndPoint is UnixDomainSocketEndPoint
        ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private static EndPoint? ParseEndPoint(string text)
    {
        if (text.StartsWith(UnixScheme, StringComparison.Ordinal))
        {
            // The longest path that a Unix socket address holds.
            string path = text[UnixScheme.Length..];
            return path.Length is > 1 and < 108 && path[0] == '/' ? new UnixDomainSocketEndPoint(path) : null;
        }

        int colon = text.LastIndexOf(':');
        if (colon < 1 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0)
        {
            return null;
        }

        string host = text[..colon].Trim('[', ']');
        return IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port)
            : Uri.CheckHostName(host) == UriHostNameType.Dns ? new DnsEndPoint(host, port)
            : null;
    }
}
