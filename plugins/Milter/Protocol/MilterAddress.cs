using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace PluginMail.Milter.Protocol;

/// <summary>Where a milter listens.</summary>
/// <param name="EndPoint">As sockets take it.</param>
internal sealed record MilterAddress(EndPoint EndPoint)
{
    private const int LongestPath = 107; // that a Unix socket address holds

    /// <summary>Reads <c>inet:host:port</c>, <c>inet6:[address]:port</c>, the form <c>inet:port@host</c> of milters' own settings, <c>unix:/path</c> or <c>local:/path</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MilterAddress? address)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string rest = text[(colon + 1)..];
        EndPoint? endPoint = colon < 0 ? null : text[..colon] switch
        {
            "unix" or "local" => rest.Length is > 1 and <= LongestPath && rest[0] == '/' ? new UnixDomainSocketEndPoint(rest) : null,
            "inet" or "inet6" => ParseInternet(rest),
            _ => null,
        };
        address = endPoint is null ? null : new MilterAddress(endPoint);
        return address is not null;
    }

    /// <summary>Makes a socket of the right kind.</summary>
    public Socket CreateSocket() => EndPoint is UnixDomainSocketEndPoint
        ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private static EndPoint? ParseInternet(string text)
    {
        int at = text.IndexOf('@', StringComparison.Ordinal);
        int colon = text.LastIndexOf(':');
        if (at < 0 && colon < 1)
        {
            return null;
        }

        string portText = at < 0 ? text[(colon + 1)..] : text[..at];
        string host = (at < 0 ? text[..colon] : text[(at + 1)..]).Trim('[', ']');
        if (!ushort.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0)
        {
            return null;
        }

        return IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port)
            : Uri.CheckHostName(host) == UriHostNameType.Dns ? new DnsEndPoint(host, port)
            : null;
    }
}
