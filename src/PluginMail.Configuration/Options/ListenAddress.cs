using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PluginMail.Configuration.Options;

/// <summary>An address and port to listen on.</summary>
/// <param name="Address">The address; <see cref="IPAddress.IPv6Any"/> with <paramref name="IsDualStack"/> for <c>*</c>.</param>
/// <param name="Port">The port; 0 takes one that is free.</param>
/// <param name="IsDualStack">Whether an IPv6 socket takes IPv4 too.</param>
public sealed record ListenAddress(IPAddress Address, int Port, bool IsDualStack)
{
    private const string UnixScheme = "unix:";
    private const int LongestPath = 107; // sun_path of unix(7), its last octet a NUL

    /// <summary>The path of a Unix socket, which has neither address nor port; null for TCP.</summary>
    public string? Path { get; init; }

    /// <summary>The address and port to bind; of a Unix socket they mean nothing.</summary>
    public IPEndPoint EndPoint => new(Address, Port);

    /// <summary>Whether only this machine can connect.</summary>
    public bool IsLoopback => Path is not null || IPAddress.IsLoopback(Address);

    /// <summary>Reads <c>127.0.0.1:25</c>, <c>[::1]:25</c>, <c>*:25</c>, <c>localhost:25</c> (127.0.0.1) or <c>unix:/run/name.sock</c>.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The address, or <see langword="null"/>.</returns>
    public static ListenAddress? Parse(string text)
    {
        if (text.StartsWith(UnixScheme, StringComparison.Ordinal))
        {
            string path = text[UnixScheme.Length..];
            bool isPath = path.StartsWith('/') && !path.EndsWith('/') && !path.Contains('\0', StringComparison.Ordinal) && Encoding.UTF8.GetByteCount(path) <= LongestPath;
            return isPath ? new ListenAddress(IPAddress.None, 0, IsDualStack: false) { Path = path } : null;
        }

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
        if (Path is not null || other.Path is not null)
        {
            return string.Equals(Path, other.Path, StringComparison.Ordinal);
        }

        if (Port != other.Port || Port == 0)
        {
            return false;
        }

        bool sameFamily = Address.AddressFamily == other.Address.AddressFamily;
        return Address.Equals(other.Address) || IsDualStack || other.IsDualStack || (sameFamily && (IsAny || other.IsAny));
    }

    /// <summary>The address as mail.toml writes it.</summary>
    public override string ToString() => Path is not null ? UnixScheme + Path : IsDualStack ? $"*:{Port}" : EndPoint.ToString();

    private bool IsAny => Address.Equals(IPAddress.Any) || Address.Equals(IPAddress.IPv6Any);
}
