using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Mime;

namespace PluginMail.MailAuth;

/// <summary>Signs outgoing messages with the keys of the author's domain (RFC 6376).</summary>
/// <param name="keys">Where keys are kept.</param>
/// <param name="clock">The time of the signatures.</param>
public sealed class MessageSigner(IDkimKeySource keys, TimeProvider clock)
{
    private const int MaximumParents = 8;
    private const int MaximumKeys = 4;

    /// <summary>
    /// Signs a message. The domain is that of the first address in From or the nearest domain above it that has keys. The body is read once and
    /// never held. A bare LF is signed as the CRLF that it travels as.
    /// </summary>
    /// <param name="message">The message as it will be sent, all other edits made.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The edits that put the signatures on top; none where no domain has keys or From has no address.</returns>
    public async ValueTask<ImmutableArray<MimeHeaderEdit>> SignAsync(MessageContent message, CancellationToken cancellationToken)
    {
        ReceivedMessage read = ReceivedMessage.Read(message);
        if (!read.Header.IsComplete || AuthorDomains.Read(read.Header).Domains is not [var author, ..])
        {
            return [];
        }

        ImmutableArray<DkimSigningKey> found = await FindKeysAsync(author, cancellationToken);
        return found.IsEmpty ? [] : [.. DkimSigner.Sign(read, found, clock.GetUtcNow(), cancellationToken)];
    }

    private async ValueTask<ImmutableArray<DkimSigningKey>> FindKeysAsync(string domain, CancellationToken cancellationToken)
    {
        for (int labels = DomainName.CountLabels(domain), asked = 0; labels >= 1 && asked < MaximumParents; labels--, asked++)
        {
            ImmutableArray<DkimSigningKey> found = await keys.FindAsync(DomainName.LastLabels(domain, labels), cancellationToken);
            if (!found.IsEmpty)
            {
                return [.. found.Take(MaximumKeys)];
            }
        }

        return [];
    }
}
