using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>Says who may send to a list.</summary>
/// <remarks>
/// Anybody can write any reverse path. An address of a domain served here therefore counts only where its owner logged in, or the client is
/// in a network that may relay; one of another domain counts as it stands, as its own domain's policy (SPF, DMARC) is judged apart.
/// </remarks>
internal sealed class ListRules(IDirectoryStore directory)
{
    /// <summary>Whether a message may go to a list. The null sender never may: reports and automatic answers are no posts.</summary>
    /// <param name="list">The list.</param>
    /// <param name="origin">Whose message it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>True when it may.</returns>
    public async ValueTask<bool> AllowsAsync(DistributionList list, MailOrigin origin, CancellationToken cancellationToken)
    {
        if (origin.Sender is not { } sender)
        {
            return false;
        }

        if (list.Posting == ListPosting.Anyone)
        {
            return true;
        }

        if (!origin.IsTrusted && await directory.FindDomainAsync(sender.Domain, cancellationToken) is not null)
        {
            return false;
        }

        return Names(list.Senders, origin) || list.Posting switch
        {
            ListPosting.Members => Names(list.Members, origin) || Same(list.Owner, sender),
            ListPosting.Domain => origin.IsTrusted && await IsOfDomainAsync(origin.Login ?? sender, list.Address.Domain, cancellationToken),
            _ => false,
        };
    }

    private static bool Names(ImmutableArray<EmailAddress> addresses, MailOrigin origin) =>
        addresses.Any(address => Same(address, origin.Sender!) || (origin.Login is { } login && Same(address, login)));

    private static bool Same(EmailAddress? left, EmailAddress right) =>
        left is not null && left.ToString().Equals(right.ToString(), StringComparison.OrdinalIgnoreCase);

    private async ValueTask<bool> IsOfDomainAsync(EmailAddress address, string domain, CancellationToken cancellationToken) =>
        await directory.FindDomainAsync(address.Domain, cancellationToken) is { } served && (served.Name == domain || served.Policy.AliasOf == domain);
}
