using System.Net;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>What a session knows of its client.</summary>
internal sealed class SessionState(SessionOpening opening) : ILeasedSession
{
    public string Id => opening.Id;

    public string Protocol => opening.Protocol;

    public IPEndPoint? RemoteEndPoint => opening.RemoteEndPoint;

    public IPEndPoint? LocalEndPoint => opening.LocalEndPoint;

    public string? HelloName { get; set; }

    /// <summary>Whether the greeting was EHLO or LHLO.</summary>
    public bool IsExtended { get; set; }

    public bool IsEncrypted { get; set; } = opening.IsEncrypted;

    public string? TlsProtocol { get; set; } = opening.TlsProtocol;

    public string? TlsCipher { get; set; } = opening.TlsCipher;

    public EmailAddress? Authenticated { get; set; }

    public string? AuthenticationMechanism { get; set; }

    /// <summary>Whether the client's network may send anywhere.</summary>
    public bool MayRelay { get; set; }

    /// <summary>The session's checks; null where no client is connected.</summary>
    public SessionStage? Checks { get; set; }

    public ReadOnlySpan<SessionRoleLease?> Leases => Checks is null ? default : Checks.Leases;

    public Direction Direction => Authenticated is not null || MayRelay ? Direction.Outgoing : Direction.Incoming;

    public IAsyncDisposable? StateOf(ISessionCheck check)
    {
        foreach (SessionRoleLease? lease in Leases)
        {
            if (lease?.StateOf(check) is { } state)
            {
                return state;
            }
        }

        return null;
    }
}
