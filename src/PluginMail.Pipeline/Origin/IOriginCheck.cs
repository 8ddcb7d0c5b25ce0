using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.MailAuth;
using PluginMail.Mime;

namespace PluginMail.Pipeline;

/// <summary>Says who messages from outside are from (SPF, DKIM, DMARC, ARC) and signs those that leave.</summary>
public interface IOriginCheck
{
    /// <summary>Whether a message that came in such a session is to be authenticated.</summary>
    /// <param name="session">The session.</param>
    /// <returns>False for logins, relay networks, exempt networks, LMTP and what no client brought.</returns>
    bool Concerns(ISessionView session);

    /// <summary>Authenticates a message.</summary>
    /// <param name="request">The message and how it came.</param>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>What is known, and what follows from it.</returns>
    ValueTask<OriginFinding> CheckAsync(AuthenticationRequest request, CancellationToken cancellationToken);

    /// <summary>Finds what a message that is not authenticated must not say in this server's name: a login's, a relay network's, a collected one.</summary>
    /// <param name="session">The session.</param>
    /// <param name="message">The message.</param>
    /// <returns>The edits that remove it; none where the session is trusted to have been told so by this server.</returns>
    ImmutableArray<MimeHeaderEdit> RemoveForged(ISessionView session, MessageContent message);

    /// <summary>Signs a message as it will leave.</summary>
    /// <param name="message">All other edits made.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The signatures, to be put on top; none where the author's domain has no key.</returns>
    ValueTask<ImmutableArray<MimeHeaderEdit>> SignAsync(MessageContent message, CancellationToken cancellationToken);
}
