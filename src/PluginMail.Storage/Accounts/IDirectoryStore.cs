using PluginMail.Abstractions;

namespace PluginMail.Storage;

/// <summary>Domains, accounts, aliases and lists. Look-ups come from a cache in memory that changes clear. Addresses match without regard to case.</summary>
public interface IDirectoryStore : IListStore
{
    /// <summary>Grows with every change, so that what was derived from the directory can be kept until then.</summary>
    long Version { get; }

    /// <summary>Looks a domain up.</summary>
    /// <param name="name">Any case; U-labels and A-labels are the same.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The domain; null where it is not served here.</returns>
    ValueTask<Domain?> FindDomainAsync(string name, CancellationToken cancellationToken);

    /// <summary>Looks an account up by its main address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The account; null where there is none.</returns>
    ValueTask<Account?> FindAccountAsync(EmailAddress address, CancellationToken cancellationToken);

    /// <summary>Looks an alias up.</summary>
    /// <param name="address">The address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The alias; null where there is none.</returns>
    ValueTask<AddressAlias?> FindAliasAsync(EmailAddress address, CancellationToken cancellationToken);

    /// <summary>Lists the domains by name.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>All of them.</returns>
    ValueTask<IReadOnlyList<Domain>> ListDomainsAsync(CancellationToken cancellationToken);

    /// <summary>Lists accounts by address.</summary>
    /// <param name="domain">Only of this domain; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The accounts.</returns>
    ValueTask<IReadOnlyList<Account>> ListAccountsAsync(string? domain, CancellationToken cancellationToken);

    /// <summary>Lists aliases by address.</summary>
    /// <param name="domain">Only of this domain; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The aliases.</returns>
    ValueTask<IReadOnlyList<AddressAlias>> ListAliasesAsync(string? domain, CancellationToken cancellationToken);

    /// <summary>What an account holds.</summary>
    /// <param name="account">The account.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Zeros for an unknown account.</returns>
    ValueTask<AccountUsage> GetUsageAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>Adds a domain.</summary>
    /// <param name="name">A valid domain name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done or AlreadyExists.</returns>
    ValueTask<DirectoryChange> AddDomainAsync(string name, CancellationToken cancellationToken);

    /// <summary>Removes a domain that is empty.</summary>
    /// <param name="name">The domain.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done, NotFound or NotEmpty.</returns>
    ValueTask<DirectoryChange> RemoveDomainAsync(string name, CancellationToken cancellationToken);

    /// <summary>Changes a domain's policy. No other change comes between.</summary>
    /// <param name="name">The domain.</param>
    /// <param name="change">Gives what it shall be; runs on the writer's thread, so that it must be short and must not wait.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done, NotFound, or UnknownDomain where it is to stand for a domain that is not served here, or for itself.</returns>
    ValueTask<DirectoryChange> ChangeDomainAsync(string name, Func<DomainPolicy, DomainPolicy> change, CancellationToken cancellationToken);

    /// <summary>Adds an account with INBOX and the given folders.</summary>
    /// <param name="address">Its address, of a domain served here.</param>
    /// <param name="name">A display name, or empty.</param>
    /// <param name="quotaOctets">0 is no limit.</param>
    /// <param name="verifier">What its password is checked against; null: it has none here.</param>
    /// <param name="folders">Folders made with it, besides INBOX; they are subscribed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done, AlreadyExists, UnknownDomain or LimitReached.</returns>
    ValueTask<DirectoryChange> AddAccountAsync(
        EmailAddress address, string name, long quotaOctets, ScramVerifier? verifier, IReadOnlyList<NewFolder> folders, CancellationToken cancellationToken);

    /// <summary>Removes an account with its folders, messages and scripts.</summary>
    /// <param name="account">The account.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done or NotFound.</returns>
    ValueTask<DirectoryChange> RemoveAccountAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>Changes the password.</summary>
    /// <param name="account">The account.</param>
    /// <param name="verifier">What the new password is checked against; null: it has none here any more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done or NotFound.</returns>
    ValueTask<DirectoryChange> SetVerifierAsync(AccountId account, ScramVerifier? verifier, CancellationToken cancellationToken);

    /// <summary>Changes the quota.</summary>
    /// <param name="account">The account.</param>
    /// <param name="quotaOctets">0 is no limit.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done or NotFound.</returns>
    ValueTask<DirectoryChange> SetQuotaAsync(AccountId account, long quotaOctets, CancellationToken cancellationToken);

    /// <summary>Changes an account's policy. No other change comes between.</summary>
    /// <param name="account">The account.</param>
    /// <param name="change">Gives what it shall be; runs on the writer's thread, so that it must be short and must not wait.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done, NotFound, or LimitReached where there are too many addresses to forward to.</returns>
    ValueTask<DirectoryChange> ChangeAccountAsync(
        AccountId account, Func<AccountPolicy, AccountPolicy> change, CancellationToken cancellationToken);

    /// <summary>Changes the display name.</summary>
    /// <param name="account">The account.</param>
    /// <param name="name">The name, or empty.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done or NotFound.</returns>
    ValueTask<DirectoryChange> SetNameAsync(AccountId account, string name, CancellationToken cancellationToken);

    /// <summary>Adds an alias.</summary>
    /// <param name="alias">The alias, of a domain served here.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done, AlreadyExists or UnknownDomain.</returns>
    ValueTask<DirectoryChange> AddAliasAsync(AddressAlias alias, CancellationToken cancellationToken);

    /// <summary>Gives an alias other targets.</summary>
    /// <param name="alias">The alias as it shall be.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done or NotFound.</returns>
    ValueTask<DirectoryChange> ChangeAliasAsync(AddressAlias alias, CancellationToken cancellationToken);

    /// <summary>Removes an alias.</summary>
    /// <param name="address">The alias's address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done or NotFound.</returns>
    ValueTask<DirectoryChange> RemoveAliasAsync(EmailAddress address, CancellationToken cancellationToken);
}
