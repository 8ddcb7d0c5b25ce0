using System.Collections.Immutable;

namespace PluginMail.Queue;

/// <summary>Sends messages to other hosts. It decides the way (route, hosts, TLS); the queue decides when.</summary>
public interface IOutboundTransport
{
    /// <summary>What the queue limits and pauses by: everything with the same key goes the same way.</summary>
    /// <param name="domain">A recipient's domain, in lower case and as A-labels, or an address literal.</param>
    /// <returns>The relay's name where one is configured for this domain, otherwise the domain itself.</returns>
    string DestinationOf(string domain);

    /// <summary>Tries to send a message once.</summary>
    /// <param name="message">The message; all its recipients are in one domain.</param>
    /// <param name="cancellationToken">Gives up. What was not answered yet counts as not sent.</param>
    /// <returns>For each recipient, in order, what came of it; a host that could not be reached is a 4yz reply, never an exception.</returns>
    ValueTask<ImmutableArray<OutboundOutcome>> SendAsync(OutboundMessage message, CancellationToken cancellationToken);
}
