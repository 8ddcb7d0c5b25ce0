using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>Says what an address is: a mailbox here, something that leads to mailboxes, or elsewhere.</summary>
/// <param name="directory">Domains, accounts, aliases and lists.</param>
/// <param name="roles">Further directories.</param>
/// <param name="newAccounts">Makes an account for whom a directory knows and who has none.</param>
/// <param name="rewriting">Rewrites reverse paths, and reads them back.</param>
/// <param name="options">Settings; asked anew each time, so that a reload counts.</param>
public sealed class RecipientRouter(
    IDirectoryStore directory, IRoleCatalog roles, INewAccounts newAccounts, SenderRewriting rewriting, Func<DeliveryOptions> options)
    : IRecipientRouter
{
    private readonly ListRules _lists = new(directory);
    private volatile FirstAccount? _first;

    /// <inheritdoc/>
    public ValueTask<RecipientKind> ClassifyAsync(EmailAddress recipient, CancellationToken cancellationToken) =>
        ClassifyForAsync(recipient, origin: null, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<RecipientKind> ClassifyAsync(EmailAddress recipient, MailOrigin origin, CancellationToken cancellationToken) =>
        ClassifyForAsync(recipient, origin, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<int> RecipientsPerHourAsync(EmailAddress account, CancellationToken cancellationToken) =>
        await directory.FindAccountAsync(account, cancellationToken) is { } found ? found.Policy.RecipientsPerHour : 0;

    /// <inheritdoc/>
    public async ValueTask<bool> OwnsAsync(EmailAddress account, EmailAddress sender, CancellationToken cancellationToken)
    {
        if (SameMailbox(account, sender))
        {
            return true;
        }

        var walk = new AliasWalk(directory, roles, newAccounts, rewriting, isForOwner: true);
        await walk.FollowAsync(sender, 0, cancellationToken);
        return walk.Accounts.Exists(target => SameMailbox(target.Address, account));
    }

    /// <summary>Follows aliases to the mailboxes, lists and outside addresses that a recipient stands for. A loop ends where it began.</summary>
    /// <param name="recipient">The address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Each mailbox, list and address once.</returns>
    public async ValueTask<Expansion> ExpandAsync(EmailAddress recipient, CancellationToken cancellationToken)
    {
        if (await directory.FindAccountAsync(recipient, cancellationToken) is { Policy.Forwarding.IsEmpty: true } direct)
        {
            return new Expansion([direct], [], IsTruncated: false); // the common case
        }

        var walk = new AliasWalk(directory, roles, newAccounts, rewriting);
        bool isServersPostmaster = IsServersPostmaster(recipient);
        bool isServed = await directory.FindDomainAsync(recipient.Domain, cancellationToken) is not null;
        EmailAddress? start = !isServersPostmaster || isServed ? recipient : await FindNamedPostmasterAsync(cancellationToken);
        if (start is not null)
        {
            await walk.FollowAsync(start, 0, cancellationToken);
        }

        string? domain = (isServersPostmaster || isServed) && IsPostmaster(recipient) ? recipient.Domain : walk.PostmasterOf;
        if (domain is not null && walk is { Accounts.Count: 0, Remote.Count: 0, Lists.Count: 0, IsUnavailable: false }
            && await FindPostmasterAsync(domain, cancellationToken) is { } postmaster)
        {
            walk.Accounts.Add(postmaster);
        }

        return new Expansion([.. walk.Accounts], [.. walk.Remote], walk.IsTruncated, walk.IsUnavailable) { Lists = [.. walk.Lists], IsReturn = walk.IsReturn };
    }

    /// <summary>The reverse path under which a message goes on to another host.</summary>
    /// <param name="sender">Its own; null is the null sender.</param>
    /// <param name="forwarder">The address here that sends it on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The same where it is the null sender's or of a domain here, or where nothing is rewritten; a rewritten one otherwise.</returns>
    public async ValueTask<EmailAddress?> SenderForAsync(EmailAddress? sender, EmailAddress forwarder, CancellationToken cancellationToken)
    {
        bool isForeign = sender is not null && await directory.FindDomainAsync(sender.Domain, cancellationToken) is null or { Policy.Relay: not DomainRelay.None };
        return isForeign && options().RewritesSenders
            && await directory.FindDomainAsync(forwarder.Domain, cancellationToken) is { Policy.Relay: DomainRelay.None } here // reports must come back here
            ? rewriting.Rewrite(sender!, here.Name)
            : sender;
    }

    /// <summary>What speaks against a message where it is delivered: what the session could not know, or nobody asked.</summary>
    /// <param name="recipient">The address.</param>
    /// <param name="expansion">What it stands for.</param>
    /// <param name="origin">Whose message it is, with its size; null where that does not count any more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where nothing does.</returns>
    internal async ValueTask<RecipientKind?> ObjectAsync(
        EmailAddress recipient, Expansion expansion, MailOrigin? origin, CancellationToken cancellationToken)
    {
        if (origin is null)
        {
            return null;
        }

        if (origin.Size > 0 && await directory.FindDomainAsync(recipient.Domain, cancellationToken) is { Policy.MaximumMessageSize: > 0 and var most }
            && origin.Size > most)
        {
            return RecipientKind.TooLarge;
        }

        if (expansion.IsReturn && origin.Sender is not null && expansion.Count > 0)
        {
            return RecipientKind.SenderNotAllowed;
        }

        if (expansion.Lists.IsEmpty || !expansion.Accounts.IsEmpty || !expansion.Remote.IsEmpty)
        {
            return null;
        }

        foreach (DistributionList list in expansion.Lists)
        {
            if (await MayPostAsync(list, origin, cancellationToken))
            {
                return null;
            }
        }

        return RecipientKind.SenderNotAllowed;
    }

    /// <summary>Whether a message may go to a list.</summary>
    /// <param name="list">The list.</param>
    /// <param name="origin">Whose message it is; null where that does not count any more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>True when it may.</returns>
    internal async ValueTask<bool> MayPostAsync(DistributionList list, MailOrigin? origin, CancellationToken cancellationToken) =>
        origin is null || await _lists.AllowsAsync(list, origin, cancellationToken);

    private async ValueTask<RecipientKind> ClassifyForAsync(EmailAddress recipient, MailOrigin? origin, CancellationToken cancellationToken)
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

        return await ObjectAsync(recipient, expansion, origin, cancellationToken)
            ?? (canSendElsewhere && IsSentOn(recipient, expansion) ? RecipientKind.Relayed
                : !expansion.Lists.IsEmpty || (!expansion.Remote.IsEmpty && canSendElsewhere) ? RecipientKind.Local
                : await ClassifyMailboxesAsync(expansion, cancellationToken));
    }

    private async ValueTask<RecipientKind> ClassifyMailboxesAsync(Expansion expansion, CancellationToken cancellationToken)
    {
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

    private static bool IsSentOn(EmailAddress recipient, Expansion expansion) =>
        expansion is { Accounts.IsEmpty: true, Lists.IsEmpty: true, Remote: [var only] } && SameMailbox(only, recipient);

    private static bool SameMailbox(EmailAddress left, EmailAddress right) =>
        left.LocalPart.Equals(right.LocalPart, StringComparison.OrdinalIgnoreCase)
        && left.Domain.Equals(right.Domain, StringComparison.OrdinalIgnoreCase);

    private static bool IsPostmaster(EmailAddress recipient) => recipient.LocalPart.Equals("postmaster", StringComparison.OrdinalIgnoreCase);

    private bool IsServersPostmaster(EmailAddress recipient) =>
        IsPostmaster(recipient) && recipient.Domain.Equals(options().Hostname, StringComparison.OrdinalIgnoreCase);

    // The server's name is seldom a domain with mailboxes: its postmaster is the one that a domain around it has, or that of the first account.
    private async ValueTask<EmailAddress?> FindNamedPostmasterAsync(CancellationToken cancellationToken)
    {
        string[] labels = options().Hostname.Split('.');
        foreach (string domain in Enumerable.Range(1, labels.Length - 1).Select(i => string.Join('.', labels[i..])).Where(domain => domain.Length > 0))
        {
            if (await FindPostmasterOfAsync(domain, cancellationToken) is { } postmaster)
            {
                return postmaster;
            }
        }

        return await FindFirstAccountAsync(cancellationToken) is { } first ? await FindPostmasterOfAsync(first.Address.Domain, cancellationToken) : null;
    }

    private async ValueTask<EmailAddress?> FindPostmasterOfAsync(string domain, CancellationToken cancellationToken)
    {
        var postmaster = new EmailAddress("postmaster", domain);
        return await directory.FindAccountAsync(postmaster, cancellationToken) is not null
            || await directory.FindAliasAsync(postmaster, cancellationToken) is not null
            || await directory.FindListAsync(postmaster, cancellationToken) is not null
            ? postmaster
            : null;
    }

    // Anybody may ask for it, as often as they like: the accounts are listed once for each change of the directory.
    private async ValueTask<Account?> FindFirstAccountAsync(CancellationToken cancellationToken)
    {
        if (_first is { } known && known.Version == directory.Version)
        {
            return known.Account;
        }

        long version = directory.Version;
        Account? first = (await directory.ListAccountsAsync(null, cancellationToken)).MinBy(account => account.Id.Value);
        _first = new FirstAccount(version, first);
        return first;
    }

    // RFC 5321 section 4.5.1: mail to postmaster is taken. Without an alias or account of that name the domain's first account gets it.
    private async ValueTask<Account?> FindPostmasterAsync(string domain, CancellationToken cancellationToken)
    {
        Domain? served = await directory.FindDomainAsync(domain, cancellationToken);
        IReadOnlyList<Account> accounts = (served?.Policy.AliasOf ?? served?.Name) is { } named ? await directory.ListAccountsAsync(named, cancellationToken) : [];
        return accounts.MinBy(account => account.Id.Value) ?? await FindFirstAccountAsync(cancellationToken);
    }

    private sealed record FirstAccount(long Version, Account? Account);
}
