using PluginMail.Abstractions;

namespace PluginMail.Storage.Sqlite;

/// <summary>Domains, accounts, aliases and lists, read through caches.</summary>
internal sealed partial class DirectoryStore(
    ReaderPool readers, GroupWriter<WriteTransaction> writer, GravePurge purge, Action<AccountId> accountChanged) : IDirectoryStore
{
    private readonly ReadThroughCache<string, Domain?> _domains = new(10_000, static _ => 0);
    private readonly ReadThroughCache<EmailAddress, Account?> _accounts = new(20_000, static _ => 0);
    private readonly ReadThroughCache<EmailAddress, AddressAlias?> _aliases = new(100_000, static alias => alias?.Targets.Length ?? 0);
    private long _version = 1;

    public long Version => Volatile.Read(ref _version);

    public ValueTask<Domain?> FindDomainAsync(string name, CancellationToken cancellationToken) =>
        CanonicalAddress.TryDomain(name) is { } domain
            ? _domains.GetAsync(domain, (key, token) => readers.ReadAsync(db => DirectoryRows.FindDomain(db, key), token), cancellationToken)
            : ValueTask.FromResult<Domain?>(null);

    public ValueTask<Account?> FindAccountAsync(EmailAddress address, CancellationToken cancellationToken) =>
        CanonicalAddress.TryAddress(address) is { } canonical
            ? _accounts.GetAsync(canonical, (key, token) => readers.ReadAsync(db => DirectoryRows.FindAccount(db, key), token), cancellationToken)
            : ValueTask.FromResult<Account?>(null);

    public ValueTask<AddressAlias?> FindAliasAsync(EmailAddress address, CancellationToken cancellationToken) =>
        CanonicalAddress.TryAddress(address) is { } canonical
            ? _aliases.GetAsync(canonical, (key, token) => readers.ReadAsync(db => DirectoryRows.FindAlias(db, key), token), cancellationToken)
            : ValueTask.FromResult<AddressAlias?>(null);

    public ValueTask<IReadOnlyList<Domain>> ListDomainsAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync<IReadOnlyList<Domain>>(DirectoryRows.ListDomains, cancellationToken);

    public ValueTask<IReadOnlyList<Account>> ListAccountsAsync(string? domain, CancellationToken cancellationToken) =>
        readers.ReadAsync<IReadOnlyList<Account>>(db => DirectoryRows.ListAccounts(db, Filter(domain)), cancellationToken);

    public ValueTask<IReadOnlyList<AddressAlias>> ListAliasesAsync(string? domain, CancellationToken cancellationToken) =>
        readers.ReadAsync<IReadOnlyList<AddressAlias>>(db => DirectoryRows.ListAliases(db, Filter(domain)), cancellationToken);

    public ValueTask<AccountUsage> GetUsageAsync(AccountId account, CancellationToken cancellationToken) =>
        readers.ReadAsync(
            database =>
            {
                using Statement row = database.Prepare("SELECT octets, messages FROM accounts WHERE id = ?").With(account.Value);
                return row.Step() ? new AccountUsage(row.Long(0), row.Long(1)) : default;
            },
            cancellationToken);

    public ValueTask<DirectoryChange> AddDomainAsync(string name, CancellationToken cancellationToken)
    {
        string domain = CanonicalAddress.TryDomain(name) ?? throw new ArgumentException("Not a domain name: " + name, nameof(name));
        return ChangeAsync(
            transaction =>
            {
                transaction.Database.Prepare("INSERT INTO domains (name) VALUES (?) ON CONFLICT DO NOTHING").With(domain).Run();
                return transaction.Database.Changes > 0 ? DirectoryChange.Done : DirectoryChange.AlreadyExists;
            },
            cancellationToken);
    }

    public async ValueTask<DirectoryChange> RemoveDomainAsync(string name, CancellationToken cancellationToken) =>
        CanonicalAddress.TryDomain(name) is { } domain
            ? await ChangeAsync(transaction => PolicyChanges.RemoveDomain(transaction.Database, domain), cancellationToken)
            : DirectoryChange.NotFound;

    public async ValueTask<DirectoryChange> AddAccountAsync(
        EmailAddress address, string name, long quotaOctets, ScramVerifier? verifier, IReadOnlyList<NewFolder> folders, CancellationToken cancellationToken)
    {
        if (CanonicalAddress.TryAddress(address) is not { } canonical)
        {
            return DirectoryChange.UnknownDomain;
        }

        List<NewFolder> named = folders.Select(static folder => folder with
        {
            Name = FolderName.TryNormalize(folder.Name) ?? throw new ArgumentException("Not a folder name: " + folder.Name, nameof(folders)),
        }).ToList();
        return await ChangeAsync(
            transaction => DirectoryChanges.AddAccount(transaction, canonical, name, quotaOctets, verifier, named), cancellationToken);
    }

    public async ValueTask<DirectoryChange> RemoveAccountAsync(AccountId account, CancellationToken cancellationToken)
    {
        List<FolderId> folders = [];
        DirectoryChange change = await ChangeAsync(
            transaction =>
            {
                DirectoryChange removed = DirectoryChanges.RemoveAccount(transaction, account, out folders);
                transaction.OnCommitted(() => accountChanged(account));
                return removed;
            },
            cancellationToken);
        folders.ForEach(purge.Request);
        return change;
    }

    public ValueTask<DirectoryChange> SetVerifierAsync(AccountId account, ScramVerifier? verifier, CancellationToken cancellationToken) =>
        ChangeAsync(
            transaction =>
            {
                transaction.Database.Prepare("UPDATE accounts SET verifier = ?2, version = ?3 WHERE id = ?1")
                    .With(account.Value).With(verifier?.Encode() ?? "").With(transaction.NextOf("version")).Run();
                return transaction.Database.Changes > 0 ? DirectoryChange.Done : DirectoryChange.NotFound;
            },
            cancellationToken);

    public ValueTask<DirectoryChange> SetQuotaAsync(AccountId account, long quotaOctets, CancellationToken cancellationToken) =>
        ChangeAsync(
            transaction =>
            {
                transaction.Forget(account);
                transaction.Database.Prepare("UPDATE accounts SET quota = ?2, version = ?3 WHERE id = ?1")
                    .With(account.Value).With(Math.Max(0, quotaOctets)).With(transaction.NextOf("version")).Run();
                return transaction.Database.Changes > 0 ? DirectoryChange.Done : DirectoryChange.NotFound;
            },
            cancellationToken);

    public async ValueTask<DirectoryChange> AddAliasAsync(AddressAlias alias, CancellationToken cancellationToken) =>
        CanonicalAddress.TryAddress(alias.Address) is { } canonical
            ? await ChangeAsync(transaction => DirectoryChanges.AddAlias(transaction.Database, canonical, alias.Targets), cancellationToken)
            : DirectoryChange.UnknownDomain;

    public async ValueTask<DirectoryChange> RemoveAliasAsync(EmailAddress address, CancellationToken cancellationToken) =>
        CanonicalAddress.TryAddress(address) is { } canonical
            ? await ChangeAsync(
                transaction =>
                {
                    transaction.Database.Prepare("DELETE FROM aliases WHERE domain = ?1 AND local_part = ?2")
                        .With(canonical.Domain).With(canonical.LocalPart).Run();
                    return transaction.Database.Changes > 0 ? DirectoryChange.Done : DirectoryChange.NotFound;
                },
                cancellationToken)
            : DirectoryChange.NotFound;

    private static string? Filter(string? domain) => domain is null ? null : CanonicalAddress.TryDomain(domain) ?? domain;

    private async ValueTask<DirectoryChange> ChangeAsync(
        Func<WriteTransaction, DirectoryChange> change, CancellationToken cancellationToken) =>
        await writer.WriteAsync(
            transaction =>
            {
                DirectoryChange result = change(transaction);
                if (result == DirectoryChange.Done)
                {
                    transaction.OnCommitted(Clear);
                }

                return result;
            },
            cancellationToken);

    private void Clear()
    {
        _domains.Clear();
        _accounts.Clear();
        _aliases.Clear();
        _lists.Clear();
        Interlocked.Increment(ref _version);
    }
}
