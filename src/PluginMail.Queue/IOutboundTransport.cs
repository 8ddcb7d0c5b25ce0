using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>Sends messages to other hosts.</summary>
public interface IOutboundTransport
{
    /// <summary>Tries to send a message.</summary>
    /// <param name="entry">The message with its sender.</param>
    /// <param name="content">Its octets.</param>
    /// <param name="recipients">Those of its recipients that are elsewhere.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>For each recipient what the other host said; a host that could not be reached is a 4yz reply.</returns>
    ValueTask<ImmutableArray<SmtpReply>> SendAsync(
        QueueEntry entry, MessageContent content, ImmutableArray<EmailAddress> recipients, CancellationToken cancellationToken);
}
