using System.Net;
using System.Net.Sockets;
using PluginMail.Abstractions;

namespace PluginMail.Greylist;

/// <summary>A session as if another client had it, to ask whether a domain vouches for everybody.</summary>
/// <param name="session">The session.</param>
/// <param name="client">The other client.</param>
internal sealed class OtherClient(ISessionView session, IPAddress client) : ISessionView
{
    // One in each half of the address space; from none of these networks comes mail (RFC 5737, RFC 6598, RFC 3849, RFC 4193).
    private static readonly IPAddress[] NobodyV4 = [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("100.64.0.1")];
    private static readonly IPAddress[] NobodyV6 = [IPAddress.Parse("2001:db8::1"), IPAddress.Parse("fd00::1")];

    public string Id => session.Id;

    public string Protocol => session.Protocol;

    public IPEndPoint? RemoteEndPoint { get; } = new(client, session.RemoteEndPoint?.Port ?? 0);

    public IPEndPoint? LocalEndPoint => session.LocalEndPoint;

    public string? HelloName => session.HelloName;

    public bool IsEncrypted => session.IsEncrypted;

    public EmailAddress? Authenticated => session.Authenticated;

    public Direction Direction => session.Direction;

    /// <summary>The session with addresses for which no domain vouches that knows its clients.</summary>
    public static IEnumerable<OtherClient> Of(ISessionView session, IPAddress client) =>
        (client.AddressFamily == AddressFamily.InterNetwork ? NobodyV4 : NobodyV6).Select(nobody => new OtherClient(session, nobody));
}
