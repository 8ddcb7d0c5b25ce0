namespace PluginMail.Storage.Tests;

public abstract class HoldTests<TEngine> : StoreTests<TEngine>
    where TEngine : IStoreEngine, new()
{
    [Fact]
    public async Task A_hold_sees_what_it_saw_until_it_advances()
    {
        await AddManyAsync(Inbox.Id, 3);
        using IFolderHold hold = await HoldAsync(Inbox.Id);
        FolderVersion before = hold.Version;
        Assert.False(hold.HasNews);

        await Mailboxes.ExpungeAsync(Inbox.Id, [2], always: true, None);
        await Mailboxes.UpdateFlagsAsync(Inbox.Id, [3], Update(FlagUpdateMode.Add, MessageFlags.Seen), null, None);
        await AddAsync(Inbox.Id, "new");
        Assert.True(hold.HasNews);
        Assert.Same(before, hold.Version);
        Assert.Equal("message 2", await TextAsync(hold, 2));
        Assert.Null(await TextAsync(hold, 4));

        FolderDelta delta = hold.Advance().DeltaFrom(before);
        Assert.Equal([1], delta.ExpungedPositions.AsEnumerable());
        Assert.Equal([1], delta.Changed.AsEnumerable());
        Assert.Equal(1, delta.Added);
        Assert.False(hold.HasNews);
        Assert.Null(await TextAsync(hold, 2));
        Assert.True(hold.Version.HighestModSeq > before.HighestModSeq);
    }

    [Fact]
    public async Task A_reader_that_waits_is_woken_by_each_kind_of_change()
    {
        Folder folder = await CreateFolderAsync("Work");
        using IFolderHold hold = await HoldAsync(folder.Id);
        Func<Task>[] changes =
        [
            () => AddAsync(folder.Id, "x"),
            async () => await Mailboxes.UpdateFlagsAsync(folder.Id, [1], Update(FlagUpdateMode.Add, MessageFlags.Seen), null, None),
            async () => await Mailboxes.CopyAsync(folder.Id, [1], folder.Id, None),
            async () => await Mailboxes.MoveAsync(folder.Id, [1], Inbox.Id, None),
            async () => await Mailboxes.ExpungeAsync(folder.Id, [2], always: true, None),
            async () => await Mailboxes.DeleteFolderAsync(Account, "Work", None),
        ];
        foreach (Func<Task> change in changes)
        {
            ValueTask waiting = hold.WaitForNewsAsync(None);
            Assert.False(waiting.IsCompleted);
            await change();
            await waiting;
            Assert.True(hold.HasNews);
            hold.Advance();
        }

        Assert.True(hold.IsDeleted);
    }

    [Fact]
    public async Task Waiting_can_be_given_up()
    {
        using IFolderHold hold = await HoldAsync(Inbox.Id);
        using var source = new CancellationTokenSource();
        ValueTask waiting = hold.WaitForNewsAsync(source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
    }

    [Fact]
    public async Task A_deleted_folder_stays_readable_for_those_who_hold_it_and_is_gone_then()
    {
        Folder folder = await CreateFolderAsync("Work");
        await AddAsync(folder.Id, "kept");
        IFolderHold hold = await HoldAsync(folder.Id);
        Assert.Equal(FolderChange.Done, await Mailboxes.DeleteFolderAsync(Account, "Work", None));
        Assert.True(hold.IsDeleted);
        await Store.Maintenance.ReclaimAsync(None);
        Assert.Equal("kept", await TextAsync(hold, 1));
        Assert.Null(await Mailboxes.HoldAsync(folder.Id, false, None));
        Assert.Equal(default, await Store.Directory.GetUsageAsync(Account, None));
        hold.Dispose();
        Assert.True(await Store.Maintenance.ReclaimAsync(None) > 0);
    }

    [Fact]
    public async Task A_held_body_is_not_reclaimed_and_its_room_is_given_back_afterwards()
    {
        string text = new('x', 500_000);
        await AddAsync(Inbox.Id, text);
        await AddAsync(Inbox.Id, "other");
        IFolderHold hold = await HoldAsync(Inbox.Id);
        await Mailboxes.ExpungeAsync(Inbox.Id, [1], always: true, None);
        Assert.Equal(0, await Store.Maintenance.ReclaimAsync(None));
        Assert.Equal(text, await TextAsync(hold, 1));

        hold.Advance();
        Assert.True(await Store.Maintenance.ReclaimAsync(None) >= 500_000);
        Assert.Null(await TextAsync(hold, 1));
        Assert.Equal("other", await TextAsync(hold, 2));
        hold.Dispose();
    }

    [Fact]
    public async Task Only_the_first_session_is_told_that_a_message_is_recent()
    {
        await AddManyAsync(Inbox.Id, 2);
        using (IFolderHold examining = await HoldAsync(Inbox.Id))
        {
            Assert.Equal(1u, examining.FirstRecentUid);
        }

        IFolderHold first = await HoldAsync(Inbox.Id, takeRecent: true);
        Assert.Equal(1u, first.FirstRecentUid);
        using (IFolderHold second = await HoldAsync(Inbox.Id, takeRecent: true))
        {
            Assert.Equal(3u, second.FirstRecentUid);
        }

        await AddAsync(Inbox.Id, "told to the first session");
        first.Advance();
        first.Dispose();
        await AddAsync(Inbox.Id, "told to nobody");
        await ReopenAsync();
        using IFolderHold third = await HoldAsync(Inbox.Id, takeRecent: true);
        Assert.Equal(4u, third.FirstRecentUid);
    }

    [Fact]
    public async Task Holds_taken_while_others_write_miss_nothing()
    {
        Folder[] folders = [await CreateFolderAsync("a"), await CreateFolderAsync("b"), await CreateFolderAsync("c"), await CreateFolderAsync("d")];
        Task[] writers = [.. folders.Select(folder => Task.Run(async () =>
        {
            for (int i = 0; i < 60; i++)
            {
                uint uid = await AddAsync(folder.Id, "m" + i);
                await Mailboxes.UpdateFlagsAsync(folder.Id, [uid], Update(FlagUpdateMode.Add, MessageFlags.Seen), null, None);
                if (i % 3 == 0)
                {
                    await Mailboxes.ExpungeAsync(folder.Id, [uid], always: true, None);
                }
            }
        }))];
        var holds = new List<IFolderHold>();
        foreach (Folder folder in folders)
        {
            holds.Add(await HoldAsync(folder.Id));
        }

        await Task.WhenAll(writers);
        foreach (IFolderHold hold in holds)
        {
            FolderVersion version = hold.Advance();
            Assert.Equal(40, version.Count);
            Assert.Equal(61u, version.UidNext);
            Assert.All(Enumerable.Range(0, 40), i => Assert.Equal(MessageFlags.Seen, version[i].Flags));
            hold.Dispose();
        }
    }
}
