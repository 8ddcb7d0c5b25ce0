using System.Net;
using System.Net.Sockets;

namespace PluginMail.SmtpClient;

/// <summary>Where a connection leads and what it must be: connections of equal destinations can stand for one another.</summary>
/// <param name="Host">The host's name.</param>
/// <param name="EndPoint">Its address.</param>
/// <param name="Policy">How the connection must be protected.</param>
internal sealed record Destination(string Host, EndPoint EndPoint, HostTlsPolicy Policy)
{
    /// <summary>Whether LMTP is spoken.</summary>
    public bool IsLmtp { get; init; }

    /// <summary>Whether TLS begins with the first octet.</summary>
    public bool IsTlsImplicit { get; init; }

    /// <summary>What to log in with; null without login.</summary>
    public RelayCredentials? Credentials { get; init; }

    /// <summary>The local address; null lets the system choose.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>The host as the policies know it; null for a configured route.</summary>
    public MailHost? Exchanger { get; init; }

    /// <summary>The host as <c>mx.example.org[192.0.2.1]:25</c>.</summary>
    public string Name { get; } = EndPoint switch
    {
        IPEndPoint { Address: var address, Port: var port } => $"{Host}[{address}]:{port}",
        _ => Host,
    };

    /// <summary>What a connection is kept under.</summary>
    public PoolKey Key => new(
        Name, IsLmtp, IsTlsImplicit, Policy.Requirement, Policy.Name, Policy.ServerName, Credentials?.User, Credentials?.Password, Source);

    /// <summary>An unconnected socket for it, bound to the local address.</summary>
    /// <exception cref="SocketException">The family is not there, or the local address is not ours.</exception>
    public Socket OpenSocket()
    {
        if (EndPoint is not IPEndPoint { AddressFamily: var family })
        {
            return new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        }

        var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (Source is not null)
            {
                socket.Bind(new IPEndPoint(Source, 0));
            }

            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>What connections are kept under.</summary>
internal readonly record struct PoolKey(
    string Name,
    bool IsLmtp,
    bool IsTlsImplicit,
    TlsRequirement Requirement,
    string? PolicyName,
    string? ServerName,
    string? User,
    string? Password,
    IPAddress? Source)
{
    /// <summary>The host's name: nothing secret.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Name;
}
