using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>Follows one recipient to mailboxes, lists and outside addresses; a loop ends where it began.</summary>
/// <param name="directory">Domains, accounts, aliases and lists.</param>
/// <param name="roles">Further directories.</param>
/// <param name="newAccounts">Makes an account for whom a directory knows and who has none.</param>
/// <param name="rewriting">Reads rewritten reverse paths back.</param>
/// <param name="isForOwner">Whether whose address it is counts, rather than who gets its mail: forwarding and catch-alls are left out.</param>
internal sealed class AliasWalk(
    IDirectoryStore directory, IRoleCatalog roles, INewAccounts newAccounts, SenderRewriting rewriting, bool isForOwner = false)
{
    private const int MaximumDepth = 10;
    private const int MaximumTargets = 5000;
    private readonly HashSet<string> _seen = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<AccountId> _known = [];

    /// <summary>The mailboxes, each once.</summary>
    public List<Account> Accounts { get; } = [];

    /// <summary>The addresses elsewhere.</summary>
    public List<EmailAddress> Remote { get; } = [];

    /// <summary>The distribution lists.</summary>
    public List<DistributionList> Lists { get; } = [];

    /// <summary>Whether it led through a reverse path that was rewritten here.</summary>
    public bool IsReturn { get; private set; }

    /// <summary>The domain whose postmaster it came to, where nobody has that name.</summary>
    public string? PostmasterOf { get; private set; }

    /// <summary>Whether a bound ended it, so that something may be missing.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Whether a directory that was asked could not answer, so that something may be missing.</summary>
    public bool IsUnavailable { get; private set; }

    private int Found => Accounts.Count + Remote.Count + Lists.Count;

    public async ValueTask FollowAsync(EmailAddress address, int depth, CancellationToken cancellationToken)
    {
        if (_seen.Contains(address.ToString()))
        {
            return;
        }

        if (depth > MaximumDepth || _seen.Count >= MaximumTargets)
        {
            IsTruncated = true;
            return;
        }

        _seen.Add(address.ToString());
        if (await directory.FindAccountAsync(address, cancellationToken) is { } account)
        {
            await TakeAsync(account, depth, cancellationToken);
        }
        else if (await directory.FindAliasAsync(address, cancellationToken) is { } alias)
        {
            await FollowAliasAsync(address, alias, depth, cancellationToken);
        }
        else if (await directory.FindListAsync(address, cancellationToken) is { } list)
        {
            Lists.Add(list);
        }
        else if (await directory.FindDomainAsync(address.Domain, cancellationToken) is not { } domain)
        {
            Remote.Add(address);
        }
        else
        {
            await FollowUnlistedAsync(address, domain.Policy, depth, cancellationToken);
        }
    }

    // What is forwarded to where it came from, or to nobody, is kept: mail never vanishes.
    private async ValueTask TakeAsync(Account account, int depth, CancellationToken cancellationToken)
    {
        if (!_known.Add(account.Id))
        {
            return;
        }

        if (isForOwner || account.Policy.IsKept)
        {
            Accounts.Add(account);
        }

        if (!isForOwner && !account.Policy.Forwarding.IsEmpty)
        {
            int before = Found;
            await FollowAllAsync(account.Policy.Forwarding, depth, cancellationToken);
            if (!account.Policy.IsKept && Found == before && !IsTruncated && !IsUnavailable)
            {
                Accounts.Add(account);
            }
        }
    }

    // In a domain that is sent on, an alias that stands for itself alone names a recipient that the domain's own hosts have.
    private async ValueTask FollowAliasAsync(EmailAddress address, AddressAlias alias, int depth, CancellationToken cancellationToken)
    {
        if (alias.Targets is [var only] && only.ToString().Equals(alias.Address.ToString(), StringComparison.OrdinalIgnoreCase)
            && await directory.FindDomainAsync(address.Domain, cancellationToken) is { Policy.Relay: not DomainRelay.None })
        {
            Remote.Add(address);
            return;
        }

        await FollowAllAsync(alias.Targets, depth, cancellationToken);
    }

    private async ValueTask FollowUnlistedAsync(EmailAddress address, DomainPolicy policy, int depth, CancellationToken cancellationToken)
    {
        if (policy.AliasOf is { } domain)
        {
            await FollowAsync(new EmailAddress(address.LocalPart, domain), depth + 1, cancellationToken);
        }
        else if (SenderRewriting.IsRewritten(address.LocalPart))
        {
            IsReturn = true;
            await FollowAllAsync(rewriting.Decode(address.LocalPart) is { } sender ? [sender] : [], depth, cancellationToken);
        }
        else if (await FindServedAsync(address, policy, depth, cancellationToken) is { IsEmpty: false } targets)
        {
            await TakeOwnAsync(address, targets, depth, cancellationToken);
            await FollowAllAsync(targets, depth, cancellationToken);
        }
        else if (!isForOwner && !IsUnavailable)
        {
            await FollowUnknownAsync(address, policy, depth, cancellationToken);
        }
    }

    // A directory that answers with the address itself says that it is somebody's mailbox.
    private async ValueTask TakeOwnAsync(
        EmailAddress address, ImmutableArray<EmailAddress> targets, int depth, CancellationToken cancellationToken)
    {
        if (!isForOwner && targets.Any(target => target.ToString().Equals(address.ToString(), StringComparison.OrdinalIgnoreCase))
            && await newAccounts.ProvideAsync(address, cancellationToken) is { } account)
        {
            await TakeAsync(account, depth, cancellationToken);
        }
    }

    private ValueTask FollowUnknownAsync(EmailAddress address, DomainPolicy policy, int depth, CancellationToken cancellationToken)
    {
        if (policy.CatchAll is { } everybody)
        {
            return FollowAsync(everybody, depth + 1, cancellationToken);
        }

        // What another host may read as a route to a third one (x%third@, "x@third"@, third!x@) is not sent on: it would make both an open relay.
        if (policy.Relay == DomainRelay.All && !address.LocalPart.AsSpan().ContainsAny('@', '%', '!'))
        {
            Remote.Add(address);
        }
        else if (address.LocalPart.Equals("postmaster", StringComparison.OrdinalIgnoreCase))
        {
            PostmasterOf ??= address.Domain;
        }

        return ValueTask.CompletedTask;
    }

    // The address without its detail, a list's owner, or what a directory knows.
    private async ValueTask<ImmutableArray<EmailAddress>> FindServedAsync(
        EmailAddress address, DomainPolicy policy, int depth, CancellationToken cancellationToken)
    {
        EmailAddress? user = Subaddress.TryStrip(address, policy.SubaddressSeparator);
        if (user is not null && await IsKnownAsync(user, cancellationToken))
        {
            return [user];
        }

        if (await FindListOwnerAsync(address, cancellationToken) is { } owner)
        {
            return [owner];
        }

        if (isForOwner && depth == 0)
        {
            return [];
        }

        ImmutableArray<EmailAddress> targets = await AskDirectoriesAsync(address, cancellationToken);
        return targets.IsEmpty && user is not null ? await AskDirectoriesAsync(user, cancellationToken) : targets;
    }

    private async ValueTask<bool> IsKnownAsync(EmailAddress address, CancellationToken cancellationToken) =>
        await directory.FindAccountAsync(address, cancellationToken) is not null
        || await directory.FindAliasAsync(address, cancellationToken) is not null
        || await directory.FindListAsync(address, cancellationToken) is not null;

    private async ValueTask<EmailAddress?> FindListOwnerAsync(EmailAddress address, CancellationToken cancellationToken) =>
        ListAddresses.TryListOf(address) is { } listAddress && await directory.FindListAsync(listAddress, cancellationToken) is { } list
            ? list.Owner ?? new EmailAddress("postmaster", list.Address.Domain)
            : null;

    private async ValueTask FollowAllAsync(ImmutableArray<EmailAddress> targets, int depth, CancellationToken cancellationToken)
    {
        foreach (EmailAddress target in targets)
        {
            await FollowAsync(target, depth + 1, cancellationToken);
        }
    }

    private async ValueTask<ImmutableArray<EmailAddress>> AskDirectoriesAsync(EmailAddress address, CancellationToken cancellationToken)
    {
        bool isUnanswered = false;
        foreach (Role<EmailAddress, ImmutableArray<EmailAddress>> further in roles.Current.Directories)
        {
            RoleAnswer<ImmutableArray<EmailAddress>> answer = await further.AskAsync(address, cancellationToken);
            if (!answer.Value.IsDefaultOrEmpty)
            {
                return answer.Value;
            }

            isUnanswered |= answer.Value.IsDefault;
        }

        IsUnavailable |= isUnanswered; // the address may be one that it knows

        return [];
    }
}
