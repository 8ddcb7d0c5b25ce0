using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>Says what an address is: a mailbox here, something that leads to mailboxes, or elsewhere.</summary>
/// <param name="directory">Domains, accounts and aliases.</param>
/// <param name="roles">Further directories.</param>
/// <param name="options">Settings; asked anew each time, so that a reload counts.</param>
public sealed class RecipientRouter(IDirectoryStore directory, IRoleCatalog roles, Func<DeliveryOptions> options) : IRecipientRouter
{
    /// <inheritdoc/>
    public async ValueTask<RecipientKind> ClassifyAsync(EmailAddress recipient, CancellationToken cancellationToken)
    {
        bool canSendElsewhere = options().CanSendElsewhere;
        if (await directory.FindDomainAsync(recipient.Domain, cancellationToken) is null && !IsServersPostmaster(recipient))
        {
            return canSendElsewhere ? RecipientKind.Remote : RecipientKind.Unroutable;
        }

        Expansion expansion = await ExpandAsync(recipient, cancellationToken);
        if (expansion.IsIncomplete)
        {
            return expansion.IsTruncated ? RecipientKind.Unexpandable : RecipientKind.Unavailable;
        }

        if (!expansion.Remote.IsEmpty && canSendElsewhere)
        {
            return RecipientKind.Local;
        }

        foreach (Account account in expansion.Accounts)
        {
            if (account.QuotaOctets == 0 || (await directory.GetUsageAsync(account.Id, cancellationToken)).Octets < account.QuotaOctets)
            {
                return RecipientKind.Local;
            }
        }

        return !expansion.Accounts.IsEmpty ? RecipientKind.OverQuota
            : expansion.Remote.IsEmpty ? RecipientKind.Unknown
            : RecipientKind.Unroutable;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> OwnsAsync(EmailAddress account, EmailAddress sender, CancellationToken cancellationToken)
    {
        if (SameMailbox(account, sender))
        {
            return true;
        }

        if (await directory.FindAliasAsync(sender, cancellationToken) is null)
        {
            return false;
        }

        Expansion expansion = await ExpandAsync(sender, cancellationToken);
        return expansion.Accounts.Any(target => SameMailbox(target.Address, account));
    }

    /// <summary>Follows aliases to the mailboxes and outside addresses that a recipient stands for. A loop ends where it began.</summary>
    /// <param name="recipient">The address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Each mailbox and address once.</returns>
    public async ValueTask<Expansion> ExpandAsync(EmailAddress recipient, CancellationToken cancellationToken)
    {
        if (await directory.FindAccountAsync(recipient, cancellationToken) is { } direct)
        {
            return new Expansion([direct], [], IsTruncated: false); // the common case
        }

        var walk = new AliasWalk(directory, roles);
        bool isServersPostmaster = IsServersPostmaster(recipient);
        if (!isServersPostmaster || await directory.FindDomainAsync(recipient.Domain, cancellationToken) is not null)
        {
            await walk.FollowAsync(recipient, 0, cancellationToken);
        }

        bool isHere = isServersPostmaster || await directory.FindDomainAsync(recipient.Domain, cancellationToken) is not null;
        if (isHere && IsPostmaster(recipient) && walk is { Accounts.Count: 0, Remote.Count: 0, IsUnavailable: false }
            && await FindPostmasterAsync(recipient.Domain, cancellationToken) is { } postmaster)
        {
            walk.Accounts.Add(postmaster);
        }

        return new Expansion([.. walk.Accounts], [.. walk.Remote], walk.IsTruncated, walk.IsUnavailable);
    }

    private static bool SameMailbox(EmailAddress left, EmailAddress right) =>
        left.LocalPart.Equals(right.LocalPart, StringComparison.OrdinalIgnoreCase)
        && left.Domain.Equals(right.Domain, StringComparison.OrdinalIgnoreCase);

    private static bool IsPostmaster(EmailAddress recipient) => recipient.LocalPart.Equals("postmaster", StringComparison.OrdinalIgnoreCase);

    private bool IsServersPostmaster(EmailAddress recipient) =>
        IsPostmaster(recipient) && recipient.Domain.Equals(options().Hostname, StringComparison.OrdinalIgnoreCase);

    // RFC 5321 section 4.5.1: mail to postmaster is taken. Without an alias or account of that name the domain's first account gets it.
    private async ValueTask<Account?> FindPostmasterAsync(string domain, CancellationToken cancellationToken)
    {
        string? served = (await directory.FindDomainAsync(domain, cancellationToken))?.Name;
        IReadOnlyList<Account> accounts = await directory.ListAccountsAsync(served, cancellationToken);
        if (accounts.Count == 0)
        {
            accounts = await directory.ListAccountsAsync(null, cancellationToken);
        }

        return accounts.MinBy(account => account.Id.Value);
    }
}
