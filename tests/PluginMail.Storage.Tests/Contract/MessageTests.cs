namespace PluginMail.Storage.Tests;

public abstract class MessageTests<TEngine> : StoreTests<TEngine>
    where TEngine : IStoreEngine, new()
{
    [Fact]
    public async Task Flags_are_added_removed_and_replaced()
    {
        uint uid = await AddAsync(Inbox.Id, "x", "", MessageFlags.Seen);
        IReadOnlyList<MessageEntry>? entries = await Mailboxes.UpdateFlagsAsync(
            Inbox.Id, [uid, 77], Update(FlagUpdateMode.Add, MessageFlags.Flagged, "$A", "$B"), null, None);
        MessageFlags both = MessageFlags.Keyword(0) | MessageFlags.Keyword(1);
        Assert.Equal(MessageFlags.Seen | MessageFlags.Flagged | both, Assert.Single(entries!).Flags);

        entries = await Mailboxes.UpdateFlagsAsync(Inbox.Id, [uid], Update(FlagUpdateMode.Remove, MessageFlags.Seen, "$a", "$Unknown"), null, None);
        Assert.Equal(MessageFlags.Flagged | MessageFlags.Keyword(1), Assert.Single(entries!).Flags);

        entries = await Mailboxes.UpdateFlagsAsync(Inbox.Id, [uid], Update(FlagUpdateMode.Replace, MessageFlags.Draft, "$C"), null, None);
        Assert.Equal(MessageFlags.Draft | MessageFlags.Keyword(2), Assert.Single(entries!).Flags);
        await ReopenAsync();
        using IFolderHold hold = await HoldAsync(Inbox.Id);
        Assert.Equal(["$A", "$B", "$C"], hold.Version.Keywords.AsEnumerable());
        Assert.Equal(entries![0], hold.Version[0]);
    }

    [Fact]
    public async Task A_change_that_changes_nothing_keeps_the_modseq()
    {
        uint uid = await AddAsync(Inbox.Id, "x", "", MessageFlags.Seen, "$A");
        using IFolderHold hold = await HoldAsync(Inbox.Id);
        IReadOnlyList<MessageEntry>? entries = await Mailboxes.UpdateFlagsAsync(
            Inbox.Id, [uid], Update(FlagUpdateMode.Add, MessageFlags.Seen, "$a"), null, None);
        Assert.Equal(hold.Version[0], Assert.Single(entries!));
        Assert.False(hold.HasNews);
    }

    [Fact]
    public async Task Unchanged_since_passes_over_what_changed_meanwhile()
    {
        uint[] uids = await AddManyAsync(Inbox.Id, 2);
        using IFolderHold hold = await HoldAsync(Inbox.Id);
        ulong before = hold.Version.HighestModSeq;
        await Mailboxes.UpdateFlagsAsync(Inbox.Id, [1], Update(FlagUpdateMode.Add, MessageFlags.Seen), null, None);
        IReadOnlyList<MessageEntry>? entries = await Mailboxes.UpdateFlagsAsync(
            Inbox.Id, uids, Update(FlagUpdateMode.Add, MessageFlags.Deleted), before, None);
        Assert.Equal(2u, Assert.Single(entries!).Uid);
    }

    [Fact]
    public async Task Keywords_have_bounds()
    {
        uint uid = await AddAsync(Inbox.Id, "x");
        string[] all = [.. Enumerable.Range(0, MessageFlags.MaximumKeywords).Select(n => "k" + n)];
        Assert.NotNull(await Mailboxes.UpdateFlagsAsync(Inbox.Id, [uid], Update(FlagUpdateMode.Add, default, all), null, None));
        Assert.Null(await Mailboxes.UpdateFlagsAsync(Inbox.Id, [uid], Update(FlagUpdateMode.Add, default, "k1", "one more"), null, None));
        Assert.Null(await Mailboxes.UpdateFlagsAsync(Inbox.Id, [uid], Update(FlagUpdateMode.Add, default, "more"), null, None));
        Folder other = await CreateFolderAsync("other");
        uid = await AddAsync(other.Id, "x");
        Assert.Null(await Mailboxes.UpdateFlagsAsync(other.Id, [uid], Update(FlagUpdateMode.Add, default, new string('k', 101)), null, None));
        Assert.NotNull(await Mailboxes.UpdateFlagsAsync(other.Id, [uid], Update(FlagUpdateMode.Add, default, new string('k', 100)), null, None));
        Assert.Equal(2u, await AddAsync(Inbox.Id, "delivered without its keyword", "", default, "no room"));
    }

    [Fact]
    public async Task Modseqs_rise_over_reopenings()
    {
        uint uid = await AddAsync(Inbox.Id, "x");
        ulong last = 0;
        for (int i = 0; i < 3; i++)
        {
            FlagUpdateMode mode = i % 2 == 0 ? FlagUpdateMode.Add : FlagUpdateMode.Remove;
            ulong modSeq = (await Mailboxes.UpdateFlagsAsync(Inbox.Id, [uid], Update(mode, MessageFlags.Seen), null, None))![0].ModSeq;
            Assert.True(modSeq > last);
            last = modSeq;
            await ReopenAsync();
        }
    }

    [Fact]
    public async Task A_copy_keeps_flags_keywords_date_and_shares_the_body()
    {
        Folder target = await CreateFolderAsync("target");
        await AddAsync(target.Id, "first", "", default, "$Other");
        await AddAsync(Inbox.Id, "x", "P: 1\r\n", MessageFlags.Answered, "$A", "$B");
        CopyOutcome outcome = await Mailboxes.CopyAsync(Inbox.Id, [1, 5], target.Id, None);
        Assert.Equal(CopyStatus.Done, outcome.Status);
        Assert.Equal(target.UidValidity, outcome.TargetUidValidity);
        Assert.Equal([new CopiedMessage(1, 2)], outcome.Messages);

        using IFolderHold source = await HoldAsync(Inbox.Id);
        using IFolderHold copy = await HoldAsync(target.Id);
        Assert.Equal(["$Other", "$A", "$B"], copy.Version.Keywords.AsEnumerable());
        Assert.Equal(MessageFlags.Answered | MessageFlags.Keyword(1) | MessageFlags.Keyword(2), copy.Version[1].Flags);
        StoredMessage original = (await Mailboxes.ReadAsync(source, [1], false, None))[0];
        StoredMessage copied = (await Mailboxes.ReadAsync(copy, [2], false, None))[0];
        Assert.Equal(original.Body, copied.Body);
        Assert.Equal(original.InternalDate, copied.InternalDate);
        Assert.Equal("P: 1\r\nx", Text(copied));
    }

    [Fact]
    public async Task A_copy_into_the_same_folder_is_a_second_message()
    {
        await AddManyAsync(Inbox.Id, 2);
        CopyOutcome outcome = await Mailboxes.CopyAsync(Inbox.Id, [1, 2], Inbox.Id, None);
        Assert.Equal([new CopiedMessage(1, 3), new CopiedMessage(2, 4)], outcome.Messages);
        Assert.Equal(["message 1", "message 2", "message 1", "message 2"], await TextsAsync(Inbox.Id));
    }

    [Fact]
    public async Task A_move_appears_there_and_vanishes_here()
    {
        Folder target = await CreateFolderAsync("target");
        await AddManyAsync(Inbox.Id, 3);
        AccountUsage before = await Store.Directory.GetUsageAsync(Account, None);
        CopyOutcome outcome = await Mailboxes.MoveAsync(Inbox.Id, [1, 3], target.Id, None);
        Assert.Equal([new CopiedMessage(1, 1), new CopiedMessage(3, 2)], outcome.Messages);
        Assert.Equal(["message 2"], await TextsAsync(Inbox.Id));
        Assert.Equal(["message 1", "message 3"], await TextsAsync(target.Id));
        Assert.Equal(before, await Store.Directory.GetUsageAsync(Account, None));
        Assert.Equal(CopyStatus.NoTarget, (await Mailboxes.MoveAsync(Inbox.Id, [2], new FolderId(9999), None)).Status);
    }

    [Fact]
    public async Task A_move_is_possible_where_a_copy_is_over_quota()
    {
        AccountId full = await AddAccountAsync("full", 10, new NewFolder("Archive", SpecialUse.Archive));
        Folder inbox = await FolderAsync("INBOX", full);
        Folder archive = await FolderAsync("Archive", full);
        Assert.Equal(SpecialUse.Archive, archive.SpecialUse);
        Assert.True(archive.IsSubscribed);
        await AddAsync(inbox.Id, "0123456789");
        Assert.Equal(CopyStatus.OverQuota, (await Mailboxes.CopyAsync(inbox.Id, [1], archive.Id, None)).Status);
        Assert.Equal(CopyStatus.Done, (await Mailboxes.MoveAsync(inbox.Id, [1], archive.Id, None)).Status);
        Assert.Equal(["0123456789"], await TextsAsync(archive.Id));
    }

    [Fact]
    public async Task Messages_do_not_cross_accounts()
    {
        AccountId other = await AddAccountAsync("other");
        Folder target = await FolderAsync("INBOX", other);
        await AddAsync(Inbox.Id, "x");
        Assert.Empty((await Mailboxes.CopyAsync(Inbox.Id, [1], target.Id, None)).Messages);
        Assert.Empty((await Mailboxes.MoveAsync(Inbox.Id, [1], target.Id, None)).Messages);
        Assert.Empty(await TextsAsync(target.Id));
    }

    [Fact]
    public async Task Expunge_removes_what_is_flagged_deleted()
    {
        uint[] uids = await AddManyAsync(Inbox.Id, 4);
        await Mailboxes.UpdateFlagsAsync(Inbox.Id, [2, 3], Update(FlagUpdateMode.Add, MessageFlags.Deleted), null, None);
        Assert.Equal([2u], await Mailboxes.ExpungeAsync(Inbox.Id, [1, 2], always: false, None));
        Assert.Equal([3u], await Mailboxes.ExpungeAsync(Inbox.Id, uids, always: false, None));
        Assert.Equal([4u], await Mailboxes.ExpungeAsync(Inbox.Id, [4], always: true, None));
        Assert.Equal(["message 1"], await TextsAsync(Inbox.Id));
    }
}
