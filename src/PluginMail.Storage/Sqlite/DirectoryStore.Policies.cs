using PluginMail.Abstractions;

namespace PluginMail.Storage.Sqlite;

/// <summary>Policies and lists.</summary>
internal sealed partial class DirectoryStore
{
    private readonly ReadThroughCache<EmailAddress, DistributionList?> _lists =
        new(100_000, static list => (list?.Members.Length ?? 0) + (list?.Senders.Length ?? 0));

    public ValueTask<DistributionList?> FindListAsync(EmailAddress address, CancellationToken cancellationToken) =>
        CanonicalAddress.TryAddress(address) is { } canonical
            ? _lists.GetAsync(canonical, (key, token) => readers.ReadAsync(db => DirectoryRows.FindList(db, key), token), cancellationToken)
            : ValueTask.FromResult<DistributionList?>(null);

    public ValueTask<IReadOnlyList<DistributionList>> ListListsAsync(string? domain, CancellationToken cancellationToken) =>
        readers.ReadAsync<IReadOnlyList<DistributionList>>(db => DirectoryRows.ListLists(db, Filter(domain)), cancellationToken);

    public async ValueTask<DirectoryChange> ChangeDomainAsync(
        string name, Func<DomainPolicy, DomainPolicy> change, CancellationToken cancellationToken) =>
        CanonicalAddress.TryDomain(name) is { } domain
            ? await ChangeAsync(transaction => PolicyChanges.ChangeDomain(transaction.Database, domain, change), cancellationToken)
            : DirectoryChange.NotFound;

    public ValueTask<DirectoryChange> ChangeAccountAsync(
        AccountId account, Func<AccountPolicy, AccountPolicy> change, CancellationToken cancellationToken) =>
        ChangeAsync(transaction => PolicyChanges.ChangeAccount(transaction, account, change), cancellationToken);

    public ValueTask<DirectoryChange> SetNameAsync(AccountId account, string name, CancellationToken cancellationToken) =>
        ChangeAsync(
            transaction =>
            {
                transaction.Database.Prepare("UPDATE accounts SET name = ?2, version = ?3 WHERE id = ?1")
                    .With(account.Value).With(name).With(transaction.NextOf("version")).Run();
                return transaction.Database.Changes > 0 ? DirectoryChange.Done : DirectoryChange.NotFound;
            },
            cancellationToken);

    public async ValueTask<DirectoryChange> ChangeAliasAsync(AddressAlias alias, CancellationToken cancellationToken) =>
        CanonicalAddress.TryAddress(alias.Address) is { } canonical
            ? await ChangeAsync(transaction => PolicyChanges.ChangeAlias(transaction.Database, canonical, alias.Targets), cancellationToken)
            : DirectoryChange.NotFound;

    public async ValueTask<DirectoryChange> AddListAsync(DistributionList list, CancellationToken cancellationToken) =>
        CanonicalAddress.TryAddress(list.Address) is { } canonical
            ? await ChangeAsync(
                transaction => PolicyChanges.AddList(transaction.Database, PolicyChanges.Canonical(list) with { Address = canonical }), cancellationToken)
            : DirectoryChange.UnknownDomain;

    public async ValueTask<DirectoryChange> ChangeListAsync(
        EmailAddress address, Func<DistributionList, DistributionList> change, CancellationToken cancellationToken) =>
        CanonicalAddress.TryAddress(address) is { } canonical
            ? await ChangeAsync(transaction => PolicyChanges.ChangeList(transaction.Database, canonical, change), cancellationToken)
            : DirectoryChange.NotFound;

    public async ValueTask<DirectoryChange> RemoveListAsync(EmailAddress address, CancellationToken cancellationToken) =>
        CanonicalAddress.TryAddress(address) is { } canonical
            ? await ChangeAsync(
                transaction =>
                {
                    transaction.Database.Prepare("DELETE FROM lists WHERE domain = ?1 AND local_part = ?2")
                        .With(canonical.Domain).With(canonical.LocalPart).Run();
                    return transaction.Database.Changes > 0 ? DirectoryChange.Done : DirectoryChange.NotFound;
                },
                cancellationToken)
            : DirectoryChange.NotFound;
}
