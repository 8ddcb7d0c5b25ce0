using System.Net;
using PluginMail.Abstractions;
using PluginMail.Clients;

namespace PluginMail.Greylist;

/// <summary>Whether a client has a trusted name, one that leads back to its address.</summary>
internal sealed class ClientNames(GreylistOptions options, IPluginHost host)
{
    /// <summary>Looks the client up; it is not trusted for what DNS does not say in time.</summary>
    public async Task<bool> AreTrustedAsync(IPAddress client, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.ClientNameTime, host.Clock);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var lookups = new Lookups(host.Dns, deadline.Token, cancellationToken);
        var names = await ReverseNames.OfAsync(client, lookups);
        return (await ReverseNames.LeadBackAsync(names.Names.Where(options.TrustedClientNames.Match), client, lookups)).Contains(true);
    }
}
