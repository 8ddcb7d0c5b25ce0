using System.Security.Cryptography;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Pipeline.Tests.Authentication;

/// <summary>Accounts in memory. What sign-in does not use is not supported.</summary>
internal sealed class AccountsInMemory : IDirectoryStore
{
    private readonly Dictionary<EmailAddress, Account> _accounts = [];
    private long _version;

    public long Version => _version;

    public bool IsBroken { get; set; }

    public void Set(string address, string password, byte[]? salt = null)
    {
        _ = EmailAddress.TryParse(address, out EmailAddress? parsed);
        salt ??= RandomNumberGenerator.GetBytes(16);
        byte[] salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, 4096, HashAlgorithmName.SHA256, 32);
        var verifier = new ScramVerifier(
            4096, salt, SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8)), HMACSHA256.HashData(salted, "Server Key"u8));
        long id = _accounts.TryGetValue(parsed!, out Account? known) ? known.Id.Value : _accounts.Count + 1;
        _accounts[parsed!] = new Account(new AccountId(id), parsed!, "", 0, verifier, ++_version);
    }

    /// <summary>Adds an account without a password of its own.</summary>
    public Account Add(string address, bool isDisabled = false)
    {
        Set(address, "of no use");
        _ = EmailAddress.TryParse(address, out EmailAddress? parsed);
        return _accounts[parsed!] = _accounts[parsed!] with { Verifier = null, Policy = new AccountPolicy { IsDisabled = isDisabled } };
    }

    public ValueTask<Account?> FindAccountAsync(EmailAddress address, CancellationToken cancellationToken) => IsBroken
        ? throw new StoreUnavailableException("disk on fire", isDiskFull: false)
        : ValueTask.FromResult(_accounts.GetValueOrDefault(address));

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
