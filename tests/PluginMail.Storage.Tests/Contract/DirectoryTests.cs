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
        Assert.True(account.Verifier!.Matches("secret"));
        Assert.Equal(DirectoryChange.AlreadyExists, await Directory.AddAccountAsync(Address("Anna@example.test"), "", 0, Verifier, [], None));
        Assert.Equal(DirectoryChange.UnknownDomain, await Directory.AddAccountAsync(Address("x@elsewhere.test"), "", 0, Verifier, [], None));

        long version = Directory.Version;
        Assert.Equal(DirectoryChange.Done, await Directory.SetVerifierAsync(account.Id, ScramVerifier.Create("new", 4096), None));
        Account changed = (await Directory.FindAccountAsync(account.Address, None))!;
        Assert.True(changed.Verifier!.Matches("new"));
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

    [Fact]
    public async Task A_domains_policy_is_changed_and_kept()
    {
        Assert.Equal(DomainPolicy.Default, (await Directory.FindDomainAsync("example.test", None))!.Policy);
        await Directory.AddDomainAsync("other.test", None);
        var policy = new DomainPolicy
        {
            CatchAll = Address("anna@example.test"),
            AliasOf = "EXAMPLE.test",
            Relay = DomainRelay.Listed,
            SubaddressSeparator = "--",
            DefaultQuotaOctets = 0,
            MaximumMessageSize = 1000,
            MaximumAccounts = 5,
        };
        Assert.Equal(DirectoryChange.Done, await Directory.ChangeDomainAsync("Other.test", _ => policy, None));
        Assert.Equal(policy with { AliasOf = "example.test" }, (await Directory.FindDomainAsync("other.test", None))!.Policy);
        Assert.Equal(policy with { AliasOf = "example.test" }, (await Directory.ListDomainsAsync(None))[1].Policy);
        Assert.Equal(DirectoryChange.NotEmpty, await Directory.RemoveDomainAsync("example.test", None));
        Assert.Equal(DirectoryChange.Done, await Directory.ChangeDomainAsync("other.test", _ => DomainPolicy.Default, None));
        Assert.Equal(DomainPolicy.Default, (await Directory.FindDomainAsync("other.test", None))!.Policy);
        Assert.Equal(DirectoryChange.NotFound, await Directory.ChangeDomainAsync("third.test", _ => policy, None));
        Assert.Equal(DirectoryChange.UnknownDomain, await Directory.ChangeDomainAsync("other.test", old => old with { AliasOf = "third.test" }, None));
        Assert.Equal(DirectoryChange.UnknownDomain, await Directory.ChangeDomainAsync("other.test", old => old with { AliasOf = "other.test" }, None));
    }

    [Fact]
    public async Task A_domain_has_no_more_accounts_than_it_may()
    {
        await Directory.ChangeDomainAsync("example.test", policy => policy with { MaximumAccounts = 2 }, None);
        await AddAccountAsync("bob");
        Assert.Equal(DirectoryChange.LimitReached, await Directory.AddAccountAsync(Address("zoe@example.test"), "", 0, Verifier, [], None));
        await Directory.ChangeDomainAsync("example.test", policy => policy with { MaximumAccounts = 0 }, None);
        await AddAccountAsync("zoe");
    }

    [Fact]
    public async Task An_accounts_policy_is_changed_and_noticed()
    {
        Account before = (await Directory.FindAccountAsync(Address("anna@example.test"), None))!;
        Assert.Equal((true, true, false, 0), (before.Policy.Forwarding.IsEmpty, before.Policy.KeepsCopy, before.Policy.IsDisabled, before.Policy.RecipientsPerHour));
        Assert.Equal(
            DirectoryChange.Done,
            await Directory.ChangeAccountAsync(
                Account,
                policy => policy with { Forwarding = [Address("A@elsewhere.test"), Address("bob@example.test")], KeepsCopy = false, IsDisabled = true, RecipientsPerHour = 7 },
                None));
        Account after = (await Directory.FindAccountAsync(before.Address, None))!;
        Assert.Equal(["A@elsewhere.test", "bob@example.test"], after.Policy.Forwarding.Select(address => address.ToString()));
        Assert.Equal((false, true, 7), (after.Policy.KeepsCopy, after.Policy.IsDisabled, after.Policy.RecipientsPerHour));
        Assert.NotEqual(before.Version, after.Version);
        Assert.Equal(DirectoryChange.NotFound, await Directory.ChangeAccountAsync(new AccountId(999), policy => policy, None));
        Assert.Equal(
            DirectoryChange.LimitReached,
            await Directory.ChangeAccountAsync(
                Account, policy => policy with { Forwarding = [.. Enumerable.Range(0, 101).Select(i => Address($"a{i}@elsewhere.test"))] }, None));
        Assert.Equal(DirectoryChange.Done, await Directory.SetNameAsync(Account, "Anna A.", None));
        Assert.Equal("Anna A.", (await Directory.FindAccountAsync(before.Address, None))!.Name);
    }

    [Fact]
    public async Task Lists_are_found_and_share_the_names_with_accounts_and_aliases()
    {
        var list = new DistributionList(Address("Team@example.test"), [Address("anna@example.test"), Address("Bob@elsewhere.test"), Address("ANNA@example.test")])
        {
            Name = "The team",
            Posting = ListPosting.Named,
            Senders = [Address("boss@elsewhere.test")],
            Owner = Address("anna@example.test"),
            RepliesGoToList = true,
        };
        Assert.Null(await Directory.FindListAsync(list.Address, None));
        Assert.Equal(DirectoryChange.Done, await Directory.AddListAsync(list, None));
        DistributionList found = (await Directory.FindListAsync(Address("TEAM@example.test"), None))!;
        Assert.Equal("team@example.test", found.Address.ToString());
        Assert.Equal(["anna@example.test", "Bob@elsewhere.test"], found.Members.Select(member => member.ToString()));
        Assert.Equal(("The team", ListPosting.Named, true), (found.Name, found.Posting, found.RepliesGoToList));
        Assert.Equal(("boss@elsewhere.test", "anna@example.test"), (Assert.Single(found.Senders).ToString(), found.Owner!.ToString()));
        Assert.Equal(DirectoryChange.AlreadyExists, await Directory.AddListAsync(list, None));
        Assert.Equal(DirectoryChange.AlreadyExists, await Directory.AddListAsync(list with { Address = Address("anna@example.test") }, None));
        Assert.Equal(DirectoryChange.AlreadyExists, await Directory.AddAliasAsync(new AddressAlias(list.Address, [Address("x@y.test")]), None));
        Assert.Equal(DirectoryChange.AlreadyExists, await Directory.AddAccountAsync(list.Address, "", 0, Verifier, [], None));
        Assert.Equal(DirectoryChange.UnknownDomain, await Directory.AddListAsync(list with { Address = Address("a@elsewhere.test") }, None));
        Assert.Single(await Directory.ListListsAsync("EXAMPLE.test", None));
        Assert.Equal(DirectoryChange.Done, await Directory.ChangeListAsync(list.Address, old => old with { Members = [], Owner = null }, None));
        DistributionList changed = (await Directory.FindListAsync(list.Address, None))!;
        Assert.Empty(changed.Members);
        Assert.Null(changed.Owner);
        Assert.Equal(
            DirectoryChange.LimitReached,
            await Directory.ChangeListAsync(
                list.Address, old => old with { Members = [.. Enumerable.Range(0, 5001).Select(i => Address($"m{i}@elsewhere.test"))] }, None));
        Assert.Equal(DirectoryChange.NotFound, await Directory.ChangeListAsync(Address("none@example.test"), old => old, None));
        Assert.Equal(DirectoryChange.Done, await Directory.RemoveListAsync(Address("TEAM@example.test"), None));
        Assert.Null(await Directory.FindListAsync(list.Address, None));
        Assert.Equal(DirectoryChange.NotFound, await Directory.RemoveListAsync(list.Address, None));
    }
}
