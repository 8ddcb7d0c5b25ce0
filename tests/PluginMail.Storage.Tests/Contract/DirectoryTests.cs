namespace PluginMail.Storage.Tests;

public abstract class DirectoryTests<TEngine> : StoreTests<TEngine>
    where TEngine : IStoreEngine, new()
{
    private IDirectoryStore Directory => Store.Directory;

    [Fact]
    public async Task Domains_are_the_same_in_any_case_and_as_labels_of_either_kind()
    {
        Assert.Equal(DirectoryChange.Done, await Directory.AddDomainAsync("BÜCHER.example", None));
        Assert.Equal(DirectoryChange.AlreadyExists, await Directory.AddDomainAsync("xn--bcher-kva.EXAMPLE", None));
        Assert.Equal("xn--bcher-kva.example", (await Directory.FindDomainAsync("bücher.example", None))!.Name);
        Assert.Equal(["example.test", "xn--bcher-kva.example"], (await Directory.ListDomainsAsync(None)).Select(domain => domain.Name));
        Assert.Null(await Directory.FindDomainAsync("other.test", None));
        Assert.Equal(DirectoryChange.Done, await Directory.AddDomainAsync("other.test", None));
        Assert.NotNull(await Directory.FindDomainAsync("Other.Test", None));
        Assert.Equal(DirectoryChange.Done, await Directory.RemoveDomainAsync("other.test", None));
        Assert.Null(await Directory.FindDomainAsync("other.test", None));
        Assert.Equal(DirectoryChange.NotFound, await Directory.RemoveDomainAsync("other.test", None));
        Assert.Equal(DirectoryChange.NotEmpty, await Directory.RemoveDomainAsync("example.test", None));
    }

    [Fact]
    public async Task An_account_is_found_in_any_case_and_checks_its_password()
    {
        Account account = (await Directory.FindAccountAsync(Address("ANNA@Example.TEST"), None))!;
        Assert.Equal("anna@example.test", account.Address.ToString());
        Assert.True(account.Verifier.Matches("secret"));
        Assert.Equal(DirectoryChange.AlreadyExists, await Directory.AddAccountAsync(Address("Anna@example.test"), "", 0, Verifier, [], None));
        Assert.Equal(DirectoryChange.UnknownDomain, await Directory.AddAccountAsync(Address("x@elsewhere.test"), "", 0, Verifier, [], None));

        long version = Directory.Version;
        Assert.Equal(DirectoryChange.Done, await Directory.SetVerifierAsync(account.Id, ScramVerifier.Create("new", 4096), None));
        Account changed = (await Directory.FindAccountAsync(account.Address, None))!;
        Assert.True(changed.Verifier.Matches("new"));
        Assert.NotEqual(account.Version, changed.Version);
        Assert.True(Directory.Version > version);
        Assert.Equal(DirectoryChange.NotFound, await Directory.SetQuotaAsync(new AccountId(999), 1, None));
    }

    [Fact]
    public async Task A_changed_quota_counts_at_once()
    {
        await AddAsync(Inbox.Id, "0123456789");
        Assert.Equal(DirectoryChange.Done, await Directory.SetQuotaAsync(Account, 15, None));
        NewCopy copy = Copy(Body("0123456789"), Inbox.Id);
        Assert.Equal(CopyResultStatus.OverQuota, (await Store.CommitAsync(new StoreBatch([copy], []), None)).Copies[0].Status);
        Assert.Equal(DirectoryChange.Done, await Directory.SetQuotaAsync(Account, 20, None));
        Assert.Equal(CopyResultStatus.Stored, (await Store.CommitAsync(new StoreBatch([copy], []), None)).Copies[0].Status);
    }

    [Fact]
    public async Task A_removed_account_leaves_nothing_behind_and_its_address_is_free()
    {
        await CreateFolderAsync("a/b");
        await AddManyAsync(Inbox.Id, 1200);
        await Store.Scripts.PutAsync(Account, "s", "keep;"u8.ToArray(), activate: true, None);
        Assert.Equal(DirectoryChange.Done, await Directory.RemoveAccountAsync(Account, None));
        Assert.Null(await Directory.FindAccountAsync(Address("anna@example.test"), None));
        Assert.Empty(await Mailboxes.ListFoldersAsync(Account, None));
        Assert.Null(await Store.Scripts.GetActiveAsync(Account, None));
        Assert.Null(await Mailboxes.HoldAsync(Inbox.Id, false, None));
        Assert.Equal(DirectoryChange.NotFound, await Directory.RemoveAccountAsync(Account, None));
        Assert.True(await Store.Maintenance.ReclaimAsync(None) > 1200 * 50);
        StoreCheckReport report = await Store.Maintenance.CheckAsync(None);
        Assert.Equal(0, report.Bodies);
        Assert.NotEqual(Account, await AddAccountAsync("anna"));
    }

    [Fact]
    public async Task Aliases_are_found_and_share_the_names_with_accounts()
    {
        var alias = new AddressAlias(Address("Team@example.test"), [Address("anna@example.test"), Address("Bob@elsewhere.test")]);
        Assert.Null(await Directory.FindAliasAsync(alias.Address, None));
        Assert.Equal(DirectoryChange.Done, await Directory.AddAliasAsync(alias, None));
        AddressAlias found = (await Directory.FindAliasAsync(Address("TEAM@example.test"), None))!;
        Assert.Equal(alias.Targets.AsEnumerable(), found.Targets.AsEnumerable());
        Assert.Equal(DirectoryChange.AlreadyExists, await Directory.AddAliasAsync(alias, None));
        Assert.Equal(DirectoryChange.AlreadyExists, await Directory.AddAliasAsync(alias with { Address = Address("anna@example.test") }, None));
        Assert.Equal(DirectoryChange.AlreadyExists, await Directory.AddAccountAsync(alias.Address, "", 0, Verifier, [], None));
        Assert.Equal(DirectoryChange.UnknownDomain, await Directory.AddAliasAsync(alias with { Address = Address("a@elsewhere.test") }, None));
        Assert.Single(await Directory.ListAliasesAsync("EXAMPLE.test", None));
        Assert.Empty(await Directory.ListAliasesAsync("other.test", None));
        Assert.Equal(DirectoryChange.Done, await Directory.RemoveAliasAsync(Address("team@EXAMPLE.test"), None));
        Assert.Null(await Directory.FindAliasAsync(alias.Address, None));
    }

    [Fact]
    public async Task Accounts_are_listed_by_address()
    {
        await AddAccountAsync("zoe");
        await AddAccountAsync("bob", 500);
        Assert.Equal(["anna", "bob", "zoe"], (await Directory.ListAccountsAsync(null, None)).Select(account => account.Address.LocalPart));
        Assert.Equal(500, (await Directory.ListAccountsAsync("example.test", None))[1].QuotaOctets);
        Assert.Empty(await Directory.ListAccountsAsync("other.test", None));
    }
}
