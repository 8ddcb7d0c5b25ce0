namespace PluginMail.Storage.Tests;

public abstract class FolderTests<TEngine> : StoreTests<TEngine>
    where TEngine : IStoreEngine, new()
{
    private async Task<string[]> NamesAsync() => [.. (await Mailboxes.ListFoldersAsync(Account, None)).Select(folder => folder.Name)];

    private ValueTask<FolderChange> CreateAsync(string name) =>
        Mailboxes.CreateFolderAsync(Account, new NewFolder(name, SpecialUse.None), None);

    [Fact]
    public async Task Folders_are_listed_by_name_behind_inbox()
    {
        await CreateFolderAsync("b");
        await CreateFolderAsync("A/x/y");
        Assert.Equal(["INBOX", "A", "A/x", "A/x/y", "b"], await NamesAsync());
        Assert.Equal(FolderChange.AlreadyExists, await CreateAsync("A/x"));
        Assert.Equal(FolderChange.AlreadyExists, await CreateAsync("inbox"));
        Assert.Equal("INBOX/sub", (await CreateFolderAsync("inbox/sub")).Name);
        Assert.NotNull(await Mailboxes.FindFolderAsync(Account, "InBoX", None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("a\tb")]
    [InlineData("a\u0085b")]
    public async Task Names_that_are_none_are_refused(string name) => Assert.Equal(FolderChange.InvalidName, await CreateAsync(name));

    [Fact]
    public async Task Long_and_deep_names_are_refused_and_odd_ones_are_just_names()
    {
        Assert.Equal(FolderChange.InvalidName, await CreateAsync("\ud800"));
        Assert.Equal(FolderChange.InvalidName, await CreateAsync("a\udc00b")); // unpaired surrogates, which attributes cannot hold
        Assert.Equal(FolderChange.InvalidName, await CreateAsync(new string('ä', 501)));
        Assert.Equal(FolderChange.InvalidName, await CreateAsync(string.Join('/', Enumerable.Repeat("x", 33))));
        foreach (string name in new[] { "..", ".", "../../etc/passwd", "Entwürfe 📮", "a%b*c", "'; DROP TABLE folders; --", string.Join('/', Enumerable.Repeat("x", 32)) })
        {
            Assert.Equal(FolderChange.Done, await CreateAsync(name));
            Assert.Equal(name, (await FolderAsync(name)).Name);
        }
    }

    [Fact]
    public async Task A_recreated_folder_has_another_uidvalidity_and_key()
    {
        Folder first = await CreateFolderAsync("Work");
        await AddAsync(first.Id, "x");
        Assert.Equal(FolderChange.Done, await Mailboxes.DeleteFolderAsync(Account, "Work", None));
        await ReopenAsync();
        Folder second = await CreateFolderAsync("Work");
        Assert.NotEqual(first.UidValidity, second.UidValidity);
        Assert.NotEqual(first.Id, second.Id);
        Assert.Empty(await TextsAsync(second.Id));
        Assert.Equal(default, await Store.Directory.GetUsageAsync(Account, None));
    }

    [Fact]
    public async Task A_folder_with_children_stays_as_a_name_when_deleted()
    {
        Folder parent = await CreateFolderAsync("a");
        await CreateFolderAsync("a/b");
        await AddAsync(parent.Id, "x");
        Assert.Equal(FolderChange.Done, await Mailboxes.DeleteFolderAsync(Account, "a", None));
        Folder name = await FolderAsync("a");
        Assert.False(name.IsSelectable);
        Assert.Null(await Mailboxes.HoldAsync(name.Id, false, None));
        CommitResult refused = await Store.CommitAsync(new StoreBatch([Copy(Body("x"), name.Id)], []), None);
        Assert.Equal(CopyResultStatus.NoFolder, refused.Copies[0].Status);
        Assert.Equal(FolderChange.NotAllowed, await Mailboxes.DeleteFolderAsync(Account, "a", None));

        Assert.Equal(FolderChange.Done, await CreateAsync("a"));
        Assert.True((await FolderAsync("a")).IsSelectable);
        Assert.Equal(1u, await AddAsync((await FolderAsync("a")).Id, "again"));
        Assert.Equal(FolderChange.Done, await Mailboxes.DeleteFolderAsync(Account, "a/b", None));
        Assert.Equal(FolderChange.Done, await Mailboxes.DeleteFolderAsync(Account, "a", None));
        Assert.Equal(["INBOX"], await NamesAsync());
    }

    [Fact]
    public async Task A_rename_takes_the_folders_below_along_and_keeps_keys_and_messages()
    {
        Folder folder = await CreateFolderAsync("a");
        Folder below = await CreateFolderAsync("a/b/c");
        await CreateFolderAsync("a0");
        await CreateFolderAsync("a-b");
        await AddAsync(below.Id, "kept");
        Assert.Equal(FolderChange.Done, await Mailboxes.RenameFolderAsync(Account, "a", "x/y", None));
        Assert.Equal(["INBOX", "a-b", "a0", "x", "x/y", "x/y/b", "x/y/b/c"], await NamesAsync());
        Assert.Equal(folder.Id, (await FolderAsync("x/y")).Id);
        Assert.Equal(["kept"], await TextsAsync((await FolderAsync("x/y/b/c")).Id));
    }

    [Fact]
    public async Task Renames_that_make_no_sense_are_refused()
    {
        await CreateFolderAsync("a");
        await CreateFolderAsync("b");
        await CreateFolderAsync("b/" + string.Join('/', Enumerable.Repeat("x", 30)));
        Assert.Equal(FolderChange.NotFound, await Mailboxes.RenameFolderAsync(Account, "zzz", "c", None));
        Assert.Equal(FolderChange.AlreadyExists, await Mailboxes.RenameFolderAsync(Account, "a", "b", None));
        Assert.Equal(FolderChange.AlreadyExists, await Mailboxes.RenameFolderAsync(Account, "a", "inbox", None));
        Assert.Equal(FolderChange.NotAllowed, await Mailboxes.RenameFolderAsync(Account, "a", "a/b", None));
        Assert.Equal(FolderChange.InvalidName, await Mailboxes.RenameFolderAsync(Account, "a", "/", None));
        Assert.Equal(FolderChange.InvalidName, await Mailboxes.RenameFolderAsync(Account, "b", "c/d/e", None));
    }

    [Fact]
    public async Task Renaming_inbox_moves_its_messages_and_leaves_it_empty()
    {
        await AddAsync(Inbox.Id, "one", "", MessageFlags.Seen, "$Work");
        await AddAsync(Inbox.Id, "two");
        await CreateFolderAsync("INBOX/below");
        using IFolderHold hold = await HoldAsync(Inbox.Id);
        Assert.Equal(FolderChange.Done, await Mailboxes.RenameFolderAsync(Account, "INBOX", "Old/Mail", None));
        Assert.Equal(Inbox, await FolderAsync("INBOX"));
        Folder target = await FolderAsync("Old/Mail");
        Assert.Equal(["one", "two"], await TextsAsync(target.Id));
        using (IFolderHold moved = await HoldAsync(target.Id))
        {
            Assert.Equal(["$Work"], moved.Version.Keywords.AsEnumerable());
            Assert.Equal(MessageFlags.Seen | MessageFlags.Keyword(0), moved.Version[0].Flags);
        }

        Assert.Equal("one", await TextAsync(hold, 1));
        Assert.Equal(0, hold.Advance().Count);
        Assert.Equal(3u, await AddAsync(Inbox.Id, "three"));
        Assert.Contains("INBOX/below", await NamesAsync());
    }

    [Fact]
    public async Task Subscriptions_need_no_folder_and_outlive_it()
    {
        await CreateFolderAsync("a");
        await Mailboxes.SubscribeAsync(Account, "a", true, None);
        await Mailboxes.SubscribeAsync(Account, "not there", true, None);
        Assert.True((await FolderAsync("a")).IsSubscribed);
        Assert.Equal(["INBOX", "a", "not there"], await Mailboxes.ListSubscriptionsAsync(Account, None));
        await Mailboxes.DeleteFolderAsync(Account, "a", None);
        Assert.Equal(["INBOX", "a", "not there"], await Mailboxes.ListSubscriptionsAsync(Account, None));
        await Mailboxes.SubscribeAsync(Account, "a", false, None);
        Assert.Equal(["INBOX", "not there"], await Mailboxes.ListSubscriptionsAsync(Account, None));
        Assert.Equal(FolderChange.InvalidName, await Mailboxes.SubscribeAsync(Account, "a//b", true, None));
    }
}

public abstract class FolderLimitTests<TEngine> : StoreTests<TEngine>
    where TEngine : IStoreEngine, new()
{
    protected override StoreOptions Options => base.Options with { MaximumFolders = 5 };

    [Fact]
    public async Task An_account_has_as_many_folders_as_it_may_have()
    {
        await CreateFolderAsync("1/2");
        Assert.Equal(FolderChange.TooMany, await Mailboxes.CreateFolderAsync(Account, new NewFolder("3/4/5", SpecialUse.None), None));
        await CreateFolderAsync("3/4");
        Assert.Equal(FolderChange.TooMany, await Mailboxes.CreateFolderAsync(Account, new NewFolder("6", SpecialUse.None), None));
        Assert.Equal(FolderChange.TooMany, await Mailboxes.RenameFolderAsync(Account, "1/2", "6/7", None));
        Assert.Equal(FolderChange.Done, await Mailboxes.RenameFolderAsync(Account, "1/2", "3/7", None));
    }
}
