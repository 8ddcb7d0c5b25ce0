using System.Collections.Immutable;
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
    private const int MaximumDepth = 10;
    private const int MaximumTargets = 1000;

    /// <inheritdoc/>
    public async ValueTask<RecipientKind> ClassifyAsync(EmailAddress recipient, CancellationToken cancellationToken)
    {
        if (await directory.FindDomainAsync(recipient.Domain, cancellationToken) is null && !IsServersPostmaster(recipient))
        {
            return options().CanSendElsewhere ? RecipientKind.Remote : RecipientKind.Unroutable;
        }

        Expansion expansion = await ExpandAsync(recipient, cancellationToken);
        if (expansion.Accounts.IsEmpty)
        {
            return expansion.IsPostmaster || !expansion.Remote.IsEmpty ? RecipientKind.Local : RecipientKind.Unknown;
        }

        foreach (Account account in expansion.Accounts)
        {
            if (account.QuotaOctets == 0 || (await directory.GetUsageAsync(account.Id, cancellationToken)).Octets < account.QuotaOctets)
            {
                return RecipientKind.Local;
            }
        }

        return expansion.Remote.IsEmpty ? RecipientKind.OverQuota : RecipientKind.Local;
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

    /// <summary>Follows aliases to the mailboxes and outside addresses that a recipient stands for. Loops and too long chains end quietly.</summary>
    /// <param name="recipient">The address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Each mailbox and address once.</returns>
    public async ValueTask<Expansion> ExpandAsync(EmailAddress recipient, CancellationToken cancellationToken)
    {
        if (await directory.FindAccountAsync(recipient, cancellationToken) is { } direct)
        {
            return new Expansion([direct], [], IsPostmaster: false); // the common case
        }

        var walk = new Walk();
        await FollowAsync(recipient, 0, walk, cancellationToken);
        bool isPostmaster = recipient.LocalPart.Equals("postmaster", StringComparison.OrdinalIgnoreCase);
        if (isPostmaster && walk.Accounts.Count == 0 && walk.Remote.Count == 0
            && await FindPostmasterAsync(recipient.Domain, cancellationToken) is { } postmaster)
        {
            walk.Accounts.Add(postmaster);
        }

        return new Expansion([.. walk.Accounts], [.. walk.Remote], isPostmaster);
    }

    private static bool SameMailbox(EmailAddress left, EmailAddress right) =>
        left.LocalPart.Equals(right.LocalPart, StringComparison.OrdinalIgnoreCase)
        && left.Domain.Equals(right.Domain, StringComparison.OrdinalIgnoreCase);

    private bool IsServersPostmaster(EmailAddress recipient) =>
        recipient.LocalPart.Equals("postmaster", StringComparison.OrdinalIgnoreCase)
        && recipient.Domain.Equals(options().Hostname, StringComparison.OrdinalIgnoreCase);

    private async ValueTask FollowAsync(EmailAddress address, int depth, Walk walk, CancellationToken cancellationToken)
    {
        if (depth > MaximumDepth || walk.Seen.Count >= MaximumTargets || !walk.Seen.Add(address.ToString().ToLowerInvariant()))
        {
            return;
        }

        if (await directory.FindAccountAsync(address, cancellationToken) is { } account)
        {
            walk.Accounts.Add(account);
        }
        else if (await directory.FindAliasAsync(address, cancellationToken) is { } alias)
        {
            await FollowAllAsync(alias.Targets, depth, walk, cancellationToken);
        }
        else if (await directory.FindDomainAsync(address.Domain, cancellationToken) is null)
        {
            walk.Remote.Add(address);
        }
        else
        {
            await FollowAllAsync(await AskDirectoriesAsync(address, cancellationToken), depth, walk, cancellationToken);
        }
    }

    private async ValueTask FollowAllAsync(ImmutableArray<EmailAddress> targets, int depth, Walk walk, CancellationToken cancellationToken)
    {
        foreach (EmailAddress target in targets)
        {
            await FollowAsync(target, depth + 1, walk, cancellationToken);
        }
    }

    private async ValueTask<ImmutableArray<EmailAddress>> AskDirectoriesAsync(EmailAddress address, CancellationToken cancellationToken)
    {
        foreach (Role<EmailAddress, ImmutableArray<EmailAddress>> further in roles.Current.Directories)
        {
            RoleAnswer<ImmutableArray<EmailAddress>> answer = await further.AskAsync(address, cancellationToken);
            if (!answer.Value.IsDefaultOrEmpty)
            {
                return answer.Value;
            }
        }

        return [];
    }

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

    private sealed class Walk
    {
        public HashSet<string> Seen { get; } = [];

        public List<Account> Accounts { get; } = [];

        public List<EmailAddress> Remote { get; } = [];
    }
}

/// <summary>What a recipient stands for.</summary>
/// <param name="Accounts">Mailboxes here.</param>
/// <param name="Remote">Addresses elsewhere.</param>
/// <param name="IsPostmaster">Whether the recipient is a postmaster, whose mail is never refused.</param>
public sealed record Expansion(ImmutableArray<Account> Accounts, ImmutableArray<EmailAddress> Remote, bool IsPostmaster);
