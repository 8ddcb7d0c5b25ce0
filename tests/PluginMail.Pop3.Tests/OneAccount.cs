using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Pop3.Tests;

/// <summary>A directory with one account: u@example.test, password <c>a secret</c>.</summary>
internal sealed class OneAccount : IDirectoryStore
{
    private readonly Account _account = new(
        StoreInMemory.Owner, new EmailAddress("u", "example.test"), "", 0, ScramVerifier.Create("a secret", 4096), 1);

    public long Version => 1;

    public ValueTask<Account?> FindAccountAsync(EmailAddress address, CancellationToken cancellationToken) =>
        ValueTask.FromResult(address.Equals(_account.Address) ? _account : null);

    public ValueTask<Domain?> FindDomainAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<AddressAlias?> FindAliasAsync(EmailAddress address, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<Domain>> ListDomainsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<Account>> ListAccountsAsync(string? domain, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<AddressAlias>> ListAliasesAsync(string? domain, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<AccountUsage> GetUsageAsync(AccountId account, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<DirectoryChange> AddDomainAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<DirectoryChange> RemoveDomainAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<DirectoryChange> AddAccountAsync(
        EmailAddress address, string name, long quotaOctets, ScramVerifier? verifier, IReadOnlyList<NewFolder> folders, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<DirectoryChange> RemoveAccountAsync(AccountId account, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<DirectoryChange> SetVerifierAsync(AccountId account, ScramVerifier? verifier, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<DirectoryChange> SetQuotaAsync(AccountId account, long quotaOctets, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<DirectoryChange> AddAliasAsync(AddressAlias alias, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<DirectoryChange> ChangeAliasAsync(AddressAlias alias, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<DirectoryChange> RemoveAliasAsync(EmailAddress address, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<DirectoryChange> ChangeDomainAsync(
        string name, Func<DomainPolicy, DomainPolicy> change, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<DirectoryChange> ChangeAccountAsync(
        AccountId account, Func<AccountPolicy, AccountPolicy> change, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<DirectoryChange> SetNameAsync(AccountId account, string name, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<DistributionList?> FindListAsync(EmailAddress address, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<DistributionList>> ListListsAsync(string? domain, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<DirectoryChange> AddListAsync(DistributionList list, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<DirectoryChange> ChangeListAsync(
        EmailAddress address, Func<DistributionList, DistributionList> change, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<DirectoryChange> RemoveListAsync(EmailAddress address, CancellationToken cancellationToken) => throw new NotSupportedException();
}
