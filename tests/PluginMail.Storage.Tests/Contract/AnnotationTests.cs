using System.Text;

namespace PluginMail.Storage.Tests;

public abstract class AnnotationTests<TEngine> : StoreTests<TEngine>
    where TEngine : IStoreEngine, new()
{
    private IAnnotationStore Annotations => Store.Annotations;

    private static AnnotationUpdate Set(string entry, string? value) => new(entry, value is null ? (ReadOnlyMemory<byte>?)null : Encoding.UTF8.GetBytes(value));

    private ValueTask<AnnotationChange> SetAsync(AnnotationOwner owner, params AnnotationUpdate[] updates) => Annotations.SetAsync(owner, updates, None);

    private async Task<string?> FindAsync(AnnotationOwner owner, string entry) =>
        await Annotations.FindAsync(owner, entry, None) is { } value ? Encoding.UTF8.GetString(value.Span) : null;

    private async Task<string[]> ListAsync(AnnotationOwner owner, AnnotationDepth depth, params string[] entries) =>
        [.. (await Annotations.ListAsync(owner, entries, depth, None)).Select(found => $"{found.Entry}={Encoding.UTF8.GetString(found.Value.Span)}")];

    [Fact]
    public async Task Entries_are_set_read_overwritten_and_removed_whatever_their_case()
    {
        var owner = AnnotationOwner.Of(Inbox);
        Assert.Null(await FindAsync(owner, "/shared/comment"));
        Assert.Equal(AnnotationChange.Done, await SetAsync(owner, Set("/shared/Comment", "one"), Set("/private/comment", "")));
        Assert.Equal(("one", ""), (await FindAsync(owner, "/SHARED/comment"), await FindAsync(owner, "/private/comment")));
        Assert.Equal(AnnotationChange.Done, await SetAsync(owner, Set("/shared/comment", "two"), Set("/private/comment", null), Set("/private/none", null)));
        Assert.Equal(["/shared/Comment=two"], await ListAsync(owner, AnnotationDepth.Infinity, "/private", "/shared"));
        await ReopenAsync();
        Assert.Equal("two", await FindAsync(owner, "/shared/comment"));
    }

    [Fact]
    public async Task Any_octets_are_kept_as_they_are()
    {
        byte[] octets = [0, 1, 13, 10, 0, 255, 128, 0];
        Assert.Equal(AnnotationChange.Done, await SetAsync(AnnotationOwner.Of(Inbox), new AnnotationUpdate("/private/vendor/x", octets)));
        Assert.Equal(octets, (await Annotations.FindAsync(AnnotationOwner.Of(Inbox), "/private/vendor/x", None))!.Value.ToArray());
    }

    [Fact]
    public async Task A_tree_is_read_to_its_depth_and_each_entry_once()
    {
        var owner = AnnotationOwner.Of(Inbox);
        await SetAsync(
            owner, Set("/private/a", "1"), Set("/private/A/b", "2"), Set("/private/a/b/c", "3"), Set("/private/ab", "4"), Set("/private/a-b", "5"), Set("/shared/a/b", "6"));
        Assert.Equal(["/private/a=1"], await ListAsync(owner, AnnotationDepth.Zero, "/private/a"));
        Assert.Equal(["/private/a=1", "/private/A/b=2"], await ListAsync(owner, AnnotationDepth.One, "/private/a"));
        Assert.Equal(["/private/a=1", "/private/A/b=2", "/private/a/b/c=3"], await ListAsync(owner, AnnotationDepth.Infinity, "/PRIVATE/a", "/private/a/b"));
        Assert.Equal(["/shared/a/b=6"], await ListAsync(owner, AnnotationDepth.Infinity, "/shared", "not a name", "/shared/a"));
        Assert.Equal(["/private/a=1", "/private/a-b=5", "/private/ab=4"], await ListAsync(owner, AnnotationDepth.One, "/private"));
        Assert.Empty(await ListAsync(owner, AnnotationDepth.One, "/shared"));
    }

    [Fact]
    public async Task What_is_private_is_of_one_login_and_what_is_shared_of_the_folder()
    {
        AccountId bob = await AddAccountAsync("bob");
        await SetAsync(AnnotationOwner.Of(Inbox), Set("/private/comment", "anna"), Set("/shared/comment", "all"));
        var asBob = new AnnotationOwner(bob, Inbox.Id);
        Assert.Equal((null, "all"), (await FindAsync(asBob, "/private/comment"), await FindAsync(asBob, "/shared/comment")));
        Assert.Equal(AnnotationChange.Done, await SetAsync(asBob, Set("/private/comment", "bob")));
        Assert.Equal(["/private/comment=anna"], await ListAsync(AnnotationOwner.Of(Inbox), AnnotationDepth.One, "/private"));
        await SetAsync(AnnotationOwner.Server(Account), Set("/private/comment", "server"));
        Assert.Null(await FindAsync(AnnotationOwner.Server(bob), "/private/comment"));
        Assert.Equal("server", await FindAsync(AnnotationOwner.Server(Account), "/private/comment"));
        Assert.Equal(AnnotationChange.NotAllowed, await SetAsync(AnnotationOwner.Server(Account), Set("/private/a", "1"), Set("/shared/comment", "x")));
        Assert.Null(await FindAsync(AnnotationOwner.Server(Account), "/private/a"));
        await Store.Directory.RemoveAccountAsync(bob, None);
        Assert.Null(await FindAsync(AnnotationOwner.Server(bob), "/private/comment"));
    }

    [Fact]
    public async Task Annotations_follow_a_rename_and_go_with_their_folder()
    {
        Folder work = await CreateFolderAsync("Work");
        Folder sub = await CreateFolderAsync("Work/Sub");
        await SetAsync(AnnotationOwner.Of(work), Set("/shared/comment", "work"));
        await SetAsync(AnnotationOwner.Of(sub), Set("/shared/comment", "sub"));
        Assert.Equal(FolderChange.Done, await Mailboxes.RenameFolderAsync(Account, "Work", "Job", None));
        Assert.Equal("work", await FindAsync(AnnotationOwner.Of(await FolderAsync("Job")), "/shared/comment"));
        Assert.Equal("sub", await FindAsync(AnnotationOwner.Of(await FolderAsync("Job/Sub")), "/shared/comment"));
        Assert.Equal(FolderChange.Done, await Mailboxes.DeleteFolderAsync(Account, "Job/Sub", None));
        Assert.Equal(AnnotationChange.NotFound, await SetAsync(AnnotationOwner.Of(sub), Set("/shared/comment", "late")));
        Assert.Null(await FindAsync(AnnotationOwner.Of(sub), "/shared/comment"));
        Assert.Null(await FindAsync(AnnotationOwner.Of(await CreateFolderAsync("Job/Sub")), "/shared/comment"));
        await SetAsync(AnnotationOwner.Of(Inbox), Set("/shared/comment", "inbox"));
        Assert.Equal(FolderChange.Done, await Mailboxes.RenameFolderAsync(Account, "INBOX", "Old", None));
        Assert.Equal("inbox", await FindAsync(AnnotationOwner.Of(Inbox), "/shared/comment"));
    }

    [Fact]
    public async Task A_removed_account_leaves_none_behind()
    {
        AccountId bob = await AddAccountAsync("bob");
        var inbox = AnnotationOwner.Of(await FolderAsync("INBOX", bob));
        await SetAsync(inbox, Set("/shared/comment", "x"));
        await SetAsync(AnnotationOwner.Server(bob), Set("/private/comment", "y"));
        await Store.Directory.RemoveAccountAsync(bob, None);
        Assert.Null(await FindAsync(inbox, "/shared/comment"));
        Assert.Null(await FindAsync(AnnotationOwner.Server(bob), "/private/comment"));
        Assert.Equal(AnnotationChange.NotFound, await SetAsync(AnnotationOwner.Server(bob), Set("/private/comment", "z")));
    }

    [Fact]
    public async Task A_backup_has_them()
    {
        await SetAsync(AnnotationOwner.Of(Inbox), Set("/shared/comment", "kept"));
        string backup = Path.Combine(Root, "backup");
        string other = Path.Combine(Root, "restored");
        await Store.Maintenance.BackupAsync(backup, null, None);
        Assert.Empty((await RestoreAsync(backup, other)).Problems);
        await using IMailStore restored = await OpenOtherAsync(other);
        Assert.Equal("kept"u8.ToArray(), (await restored.Annotations.FindAsync(AnnotationOwner.Of(Inbox), "/shared/comment", None))!.Value.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("comment")]
    [InlineData("/comment")]
    [InlineData("/private")]
    [InlineData("/shared")]
    [InlineData("/shared/")]
    [InlineData("/sharedness/x")]
    [InlineData("/shared/a/")]
    [InlineData("/shared//a")]
    [InlineData("/shared/a*")]
    [InlineData("/shared/%")]
    [InlineData("/shared/\u00e4")]
    [InlineData("/shared/a\u0001")]
    [InlineData("/shared/a\u007f")]
    [InlineData("/private/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16")]
    public async Task Names_that_are_none_are_refused(string name)
    {
        Assert.Equal(AnnotationChange.InvalidName, await SetAsync(AnnotationOwner.Of(Inbox), Set("/shared/sound", "x"), Set(name, "x")));
        Assert.Null(await FindAsync(AnnotationOwner.Of(Inbox), name));
        Assert.Null(await FindAsync(AnnotationOwner.Of(Inbox), "/shared/sound"));
    }
}

public abstract class AnnotationBoundsTests<TEngine> : StoreTests<TEngine>
    where TEngine : IStoreEngine, new()
{
    protected override StoreOptions Options => base.Options with
    {
        MaximumAnnotationValueOctets = 10, MaximumFolderAnnotations = 2, MaximumAnnotations = 3, MaximumAnnotationOctets = 25,
    };

    private ValueTask<AnnotationChange> SetAsync(AnnotationOwner owner, string entry, int? octets) =>
        Store.Annotations.SetAsync(owner, [new AnnotationUpdate(entry, octets is { } n ? new byte[n] : (ReadOnlyMemory<byte>?)null)], None);

    [Fact]
    public async Task Values_counts_and_sums_have_bounds_and_what_shrinks_always_fits()
    {
        var inbox = AnnotationOwner.Of(Inbox);
        var work = AnnotationOwner.Of(await CreateFolderAsync("Work"));
        Assert.Equal(10, Store.Annotations.MaximumValueOctets);
        Assert.Equal(AnnotationChange.ValueTooLarge, await SetAsync(inbox, "/shared/a", 11));
        Assert.Equal(AnnotationChange.Done, await SetAsync(inbox, "/shared/a", 10));
        Assert.Equal(AnnotationChange.Done, await SetAsync(inbox, "/private/b", 10));
        Assert.Equal(AnnotationChange.TooMany, await SetAsync(inbox, "/shared/c", 1)); // of the folder
        Assert.Equal(AnnotationChange.TooMany, await SetAsync(work, "/shared/a", 6)); // octets of the account
        Assert.Equal(AnnotationChange.Done, await SetAsync(work, "/shared/a", 5));
        Assert.Equal(AnnotationChange.TooMany, await SetAsync(AnnotationOwner.Server(Account), "/private/a", 0)); // of the account
        Assert.Equal(AnnotationChange.TooMany, await SetAsync(work, "/shared/a", 6));
        Assert.Equal(AnnotationChange.Done, await SetAsync(work, "/shared/a", 4));
        Assert.Equal(AnnotationChange.Done, await SetAsync(inbox, "/shared/a", null));
        Assert.Equal(AnnotationChange.Done, await SetAsync(AnnotationOwner.Server(Account), "/private/a", 10));
        AccountId bob = await AddAccountAsync("bob");
        Assert.Equal(AnnotationChange.Done, await SetAsync(AnnotationOwner.Of(await FolderAsync("INBOX", bob)), "/shared/a", 10));
    }

    [Fact]
    public async Task A_change_is_counted_as_a_whole()
    {
        var inbox = AnnotationOwner.Of(Inbox);
        await Store.Annotations.SetAsync(inbox, [new("/shared/a", new byte[1]), new("/shared/b", new byte[1])], None);
        Assert.Equal(
            AnnotationChange.Done,
            await Store.Annotations.SetAsync(inbox, [new("/shared/c", new byte[1]), new("/shared/a", null), new("/SHARED/C", new byte[2])], None));
        Assert.Equal(2, (await Store.Annotations.FindAsync(inbox, "/shared/c", None))!.Value.Length);
        Assert.Equal(
            AnnotationChange.TooMany,
            await Store.Annotations.SetAsync(inbox, [new("/shared/d", new byte[1]), new("/shared/e", new byte[1]), new("/shared/b", null)], None));
        Assert.NotNull(await Store.Annotations.FindAsync(inbox, "/shared/b", None));
    }
}
