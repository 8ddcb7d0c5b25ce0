using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>Says which way a domain's mail goes.</summary>
internal sealed class Destinations(IDirectoryStore directory, IOutboundTransport? transport, Func<QueueOptions> options)
{
    /// <summary>The destination of a domain.</summary>
    /// <returns>The transport's key, or <see cref="QueueJob.Here"/>.</returns>
    public async ValueTask<string> OfAsync(string domain, CancellationToken cancellationToken) =>
        transport is null
            || domain.Equals(options().Hostname, StringComparison.OrdinalIgnoreCase)
            || await directory.FindDomainAsync(domain, cancellationToken) is not null
            ? QueueJob.Here
            : transport.DestinationOf(domain);
}
