using System.Net;

namespace PluginMail.Transport;

/// <summary>How a listener treats TLS.</summary>
public enum TlsMode
{
    /// <summary>Not offered.</summary>
    None,

    /// <summary>Offered by the protocol's own command.</summary>
    StartTls,

    /// <summary>From the first octet (RFC 8314).</summary>
    Implicit,
}

/// <summary>What a listener needs to know.</summary>
/// <param name="EndPoint">Where it listens; port 0 takes a free one.</param>
/// <param name="Tls">How it treats TLS.</param>
/// <param name="MaximumConnections">At one time, in all.</param>
/// <param name="MaximumConnectionsPerAddress">At one time, of one client address (IPv6: of one /64); loopback is exempt.</param>
public sealed record ListenerOptions(IPEndPoint EndPoint, TlsMode Tls, int MaximumConnections, int MaximumConnectionsPerAddress)
{
    /// <summary>Begun within a minute by one client address (IPv6: one /64); loopback is exempt.</summary>
    public int MaximumConnectionsPerMinute { get; init; } = int.MaxValue;

    /// <summary>The Unix socket to listen on instead of an address; null for none.</summary>
    public string? SocketPath { get; init; }

    /// <summary>Who may connect to the Unix socket.</summary>
    public UnixFileMode SocketMode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>How long the handshake of implicit TLS may take.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
