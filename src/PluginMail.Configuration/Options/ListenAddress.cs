using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace PluginMail.Configuration.Options;

/// <summary>An address and port to listen on.</summary>
/// <param name="Address">The address; <see cref="IPAddress.IPv6Any"/> with <paramref name="IsDualStack"/> for <c>*</c>.</param>
/// <param name="Port">The port; 0 takes one that is free.</param>
/// <param name="IsDualStack">Whether an IPv6 socket takes IPv4 too.</param>
public sealed record ListenAddress(IPAddress Address, int Port, bool IsDualStack)
{
    /// <summary>The end point to bind.</summary>
    public IPEndPoint EndPoint => new(Address, Port);

    /// <summary>Whether only this machine can connect.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>Reads <c>127.0.0.1:25</c>, <c>[::1]:25</c>, <c>*:25</c> or <c>localhost:25</c> (127.0.0.1).</summary>
    /// <param name="text">The text.</param>
    /// <returns>The address, or <see langword="null"/>.</returns>
    public static ListenAddress? Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon < 1 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            return null;
        }

        string host = text[..colon];
        if (host is "*" or "localhost")
        {
            return new ListenAddress(host == "*" ? IPAddress.IPv6Any : IPAddress.Loopback, port, host == "*");
        }

        bool isV6 = host[0] == '[' && host[^1] == ']';
        bool isAddress = IPAddress.TryParse(isV6 ? host[1..^1] : host, out var address);
        bool isRightFamily = address?.AddressFamily == (isV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);

        // "1.2" and "0x7f.1" are addresses to the parser, and mistakes to people.
        return isAddress && isRightFamily && (isV6 || host.Count(static c => c == '.') == 3) ? new ListenAddress(address!, port, IsDualStack: false) : null;
    }

    /// <summary>Whether two sockets for these addresses cannot both be bound.</summary>
    /// <param name="other">The other address.</param>
    public bool Overlaps(ListenAddress other)
    {
        if (Port != other.Port || Port == 0)
        {
            return false;
        }

        bool sameFamily = Address.AddressFamily == other.Address.AddressFamily;
        return Address.Equals(other.Address) || IsDualStack || other.IsDualStack || (sameFamily && (IsAny || other.IsAny));
    }

    /// <summary>The address as mail.toml writes it.</summary>
    public override string ToString() => IsDualStack ? $"*:{Port}" : EndPoint.ToString();

    private bool IsAny => Address.Equals(IPAddress.Any) || Address.Equals(IPAddress.IPv6Any);
}
