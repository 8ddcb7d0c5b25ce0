using System.Net;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>What a session knows of its client.</summary>
internal sealed class SessionState(SessionOpening opening) : ISessionView
{
    public string Id => opening.Id;

    public string Protocol => opening.Protocol;

    public IPEndPoint? RemoteEndPoint => opening.RemoteEndPoint;

    public IPEndPoint? LocalEndPoint => opening.LocalEndPoint;

    public string? HelloName { get; set; }

    /// <summary>Whether the greeting was EHLO or LHLO.</summary>
    public bool IsExtended { get; set; }

    public bool IsEncrypted { get; set; } = opening.IsEncrypted;

    public EmailAddress? Authenticated { get; set; }

    /// <summary>Whether the client's network may send anywhere.</summary>
    public bool MayRelay { get; set; }

    public Direction Direction => Authenticated is not null || MayRelay ? Direction.Outgoing : Direction.Incoming;
}
