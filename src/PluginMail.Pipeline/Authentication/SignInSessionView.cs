using System.Net;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline.Authentication;

/// <summary>A session as an authenticator sees it: somebody who has not signed in yet.</summary>
internal sealed class SignInSessionView(SignInOrigin origin) : ISessionView
{
    /// <inheritdoc/>
    public string Id => origin.SessionId;

    /// <inheritdoc/>
    public string Protocol => origin.Protocol;

    /// <inheritdoc/>
    public IPEndPoint? RemoteEndPoint => origin.Remote;

    /// <inheritdoc/>
    public IPEndPoint? LocalEndPoint => null;

    /// <inheritdoc/>
    public string? HelloName => null;

    /// <inheritdoc/>
    public bool IsEncrypted => origin.IsEncrypted;

    /// <inheritdoc/>
    public EmailAddress? Authenticated => null;

    /// <inheritdoc/>
    public Direction Direction => Direction.Outgoing;
}
