namespace PluginMail.Storage.Tests;

public abstract class MailboxJobTests<TEngine> : StoreTests<TEngine>
    where TEngine : IStoreEngine, new()
{
    [Fact]
    public async Task A_batch_moves_copies_deletes_and_flags_in_one_commit()
    {
        Folder archive = await CreateFolderAsync("Archive"), other = await CreateFolderAsync("Other");
        await AddAsync(Inbox.Id, "one", "P: 1\r\n", MessageFlags.Seen, "$A");
        await AddManyAsync(Inbox.Id, 3);
        MailboxJob job = await BeginAsync();
        Assert.Equal((4u, 4L, MailboxJobState.Running), (job.LastUid, job.Total, job.State));
        using IFolderHold hold = await HoldAsync(Inbox.Id);
        job = await ApplyAsync(job, 4, To(1, archive, "$B"), new(2, null, []), new(3, Add(MessageFlags.Flagged, "$C"), [new(other.Id, AddedFlags.None)]));
        Assert.Equal(MailboxJobState.Done, job.State);
        Assert.Equal(new MailboxJobCounts(4, 1, 1, 1, 1, 0, 0, 0, 0), job.Counts);
        Assert.True(hold.HasNews);
        Assert.Equal([3u, 4u], Uids(hold.Advance()));
        Assert.Equal(["message 2", "message 3"], await TextsAsync(Inbox.Id));
        Assert.Equal(["P: 1\r\none"], await TextsAsync(archive.Id));
        Assert.Equal(["message 2"], await TextsAsync(other.Id));
        Assert.Equal(["$A", "$B", @"1"], await FlagsAsync(archive));
        Assert.Equal(["$C", "4"], await FlagsAsync(Inbox));
        await AssertCleanAsync();

        job = (await Store.Jobs.UndoAsync(job.Id, 100, None))!;
        Assert.Equal((MailboxJobState.Undone, 4, 0), (job.State, job.Counts.Returned, job.Counts.NotReturned));
        Assert.Equal(["message 2", "message 3", "P: 1\r\none", "message 1"], await TextsAsync(Inbox.Id));
        Assert.Empty(await TextsAsync(archive.Id));
        Assert.Empty(await TextsAsync(other.Id));
        Assert.Equal(["$A", "1"], await FlagsAsync(Inbox, 5));
        Assert.Equal(["0"], await FlagsAsync(Inbox, 3));
        Assert.Equal(job, await Store.Jobs.UndoAsync(job.Id, 100, None));
    }

    [Fact]
    public async Task A_job_goes_on_after_reopening_and_a_batch_is_done_once()
    {
        Folder archive = await CreateFolderAsync("Archive");
        await AddManyAsync(Inbox.Id, 4);
        MailboxJob job = await BeginAsync();
        var first = new MailboxJobBatch(0, 2, 2, 1, [To(1, archive), To(2, archive)]);
        Assert.NotNull(await Store.Jobs.ApplyAsync(job.Id, first, None));
        Assert.Null(await Store.Jobs.ApplyAsync(job.Id, first, None));
        await AddAsync(Inbox.Id, "late");
        await ReopenAsync();
        ((MailboxJob again, bool isNew), byte[]? script) = ((await Store.Jobs.BeginAsync(New(Inbox), None))!.Value, await Store.Jobs.GetScriptAsync(job.Id, None));
        Assert.Equal((job.Id, false, 2u, 4u), (again.Id, isNew, again.DoneUid, again.LastUid));
        Assert.Equal("keep;"u8.ToArray(), script);
        Assert.Equal((2, 1), (again.Counts.Moved, again.Counts.Withheld));
        job = await ApplyAsync(again, 4, To(3, archive), To(4, archive));
        Assert.Equal(MailboxJobState.Done, job.State);
        Assert.Equal(["late"], await TextsAsync(Inbox.Id));
        Assert.Null(await Store.Jobs.ApplyAsync(job.Id, new MailboxJobBatch(4, 5, 1, 0, [To(5, archive)]), None));
        Assert.Equal(job, Assert.Single(await Store.Jobs.ListAsync(Account, None)));
    }

    [Fact]
    public async Task Undoing_in_steps_leaves_alone_what_the_owner_changed_and_keeps_what_he_set()
    {
        Folder archive = await CreateFolderAsync("Archive"), mine = await CreateFolderAsync("Mine");
        await AddManyAsync(Inbox.Id, 5);
        MailboxJob job = await BeginAsync();
        await ApplyAsync(job, 5, To(1, archive), To(2, archive), To(3, archive), new(4, null, []), new(5, Add(MessageFlags.Flagged), []));
        await Mailboxes.MoveAsync(archive.Id, [1], mine.Id, None);
        await Mailboxes.ExpungeAsync(archive.Id, [2], always: true, None);
        await Mailboxes.UpdateFlagsAsync(archive.Id, [3], Update(FlagUpdateMode.Add, MessageFlags.Seen), null, None);
        await Mailboxes.ExpungeAsync(Inbox.Id, [5], always: true, None);
        job = (await Store.Jobs.UndoAsync(job.Id, 2, None))!;
        Assert.Equal((MailboxJobState.Undoing, 0, 2), (job.State, job.Counts.Returned, job.Counts.NotReturned));
        Assert.Equal(job.Id, (await Store.Jobs.BeginAsync(New(Inbox), None))!.Value.Job.Id);
        await ReopenAsync();
        job = (await Store.Jobs.UndoAsync(job.Id, 2, None))!;
        job = (await Store.Jobs.UndoAsync(job.Id, 2, None))!;
        Assert.Equal((MailboxJobState.Undone, 2, 3), (job.State, job.Counts.Returned, job.Counts.NotReturned));
        Assert.Equal(["message 3", "message 4"], await TextsAsync(Inbox.Id));
        Assert.Equal(["1"], await FlagsAsync(Inbox, 6));
        Assert.Equal(["message 1"], await TextsAsync(mine.Id));
    }

    [Fact]
    public async Task What_cannot_be_treated_is_left_alone()
    {
        AccountId small = await AddAccountAsync("small", quota: 10), other = await AddAccountAsync("other");
        Folder inbox = await FolderAsync("INBOX", small), foreign = await FolderAsync("INBOX", other);
        await Mailboxes.CreateFolderAsync(small, new NewFolder("A", SpecialUse.None), None);
        Folder a = await FolderAsync("A", small);
        await AddAsync(inbox.Id, "123456");
        await AddAsync(inbox.Id, "12");
        await AddAsync(inbox.Id, "34");
        MailboxJob job = (await Store.Jobs.BeginAsync(new NewMailboxJob(small, inbox.Id, "x", default), None))!.Value.Job;
        await Mailboxes.ExpungeAsync(inbox.Id, [3], always: true, None);
        job = await ApplyAsync(
            job, 3, new(1, AddedFlags.None, [new(a.Id, AddedFlags.None)]), new(2, null, [new(foreign.Id, AddedFlags.None)]), new(3, null, []));
        Assert.Equal((3, 3), (job.Counts.Processed, job.Counts.LeftAlone));
        Assert.Equal(["123456", "12"], await TextsAsync(inbox.Id));
        Assert.Null(await Store.Jobs.BeginAsync(new NewMailboxJob(other, inbox.Id, "x", default), None));
    }

    [Fact]
    public async Task A_full_account_can_move_delete_and_take_back()
    {
        AccountId small = await AddAccountAsync("small", quota: 6);
        Folder inbox = await FolderAsync("INBOX", small);
        await Mailboxes.CreateFolderAsync(small, new NewFolder("A", SpecialUse.None), None);
        Folder a = await FolderAsync("A", small);
        await AddAsync(inbox.Id, "123");
        await AddAsync(inbox.Id, "456");
        MailboxJob job = (await Store.Jobs.BeginAsync(new NewMailboxJob(small, inbox.Id, "x", default), None))!.Value.Job;
        await ApplyAsync(job, 2, To(1, a), new(2, null, []));
        Assert.Equal(3, (await Store.Directory.GetUsageAsync(small, None)).Octets);
        await Store.Jobs.UndoAsync(job.Id, 10, None);
        Assert.Equal(6, (await Store.Directory.GetUsageAsync(small, None)).Octets);
    }

    [Fact]
    public async Task Deleted_mail_is_kept_until_the_job_expires()
    {
        await AddAsync(Inbox.Id, new string('x', 5000));
        MailboxJob job = await BeginAsync();
        await ApplyAsync(job, 1, new MessagePlacement(1, null, []));
        Assert.Equal(0, await Store.Maintenance.ReclaimAsync(None));
        Clock.Move(TimeSpan.FromDays(7));
        Assert.Equal(0, await Store.Jobs.ExpireAsync(Clock.GetUtcNow() - TimeSpan.FromDays(7), None));
        Assert.Equal(1, await Store.Jobs.ExpireAsync(Clock.GetUtcNow() - TimeSpan.FromDays(6), None));
        Assert.Empty(await Store.Jobs.ListAsync(Account, None));
        Assert.Null(await Store.Jobs.UndoAsync(job.Id, 10, None));
        Assert.True(await Store.Maintenance.ReclaimAsync(None) >= 5000);
    }

    [Fact]
    public async Task An_account_that_goes_takes_its_jobs_along_and_a_folder_that_went_sends_mail_to_INBOX()
    {
        Folder work = await CreateFolderAsync("Work");
        await AddAsync(work.Id, "deleted");
        MailboxJob job = (await Store.Jobs.BeginAsync(New(work), None))!.Value.Job;
        await ApplyAsync(job, 1, new MessagePlacement(1, null, []));
        await Mailboxes.DeleteFolderAsync(Account, "Work", None);
        Assert.Equal(1, (await Store.Jobs.UndoAsync(job.Id, 10, None))!.Counts.Returned);
        Assert.Equal(["deleted"], await TextsAsync(Inbox.Id));

        AccountId gone = await AddAccountAsync("gone");
        Folder inbox = await FolderAsync("INBOX", gone);
        await AddAsync(inbox.Id, "x");
        job = (await Store.Jobs.BeginAsync(new NewMailboxJob(gone, inbox.Id, "x", default), None))!.Value.Job;
        await ApplyAsync(job, 1, new MessagePlacement(1, null, []));
        await Store.Directory.RemoveAccountAsync(gone, None);
        await AssertCleanAsync();
        Assert.Equal(1, await Store.Jobs.ExpireAsync(Clock.GetUtcNow() - TimeSpan.FromDays(1), None));
        await Store.Maintenance.ReclaimAsync(None);
    }

    private static AddedFlags Add(MessageFlags flags, params string[] keywords) => new(flags, keywords);

    private static MessagePlacement To(uint uid, Folder folder, params string[] keywords) => new(uid, null, [new(folder.Id, Add(default, keywords))]);

    private NewMailboxJob New(Folder folder) => new(Account, folder.Id, "sort", "keep;"u8.ToArray());

    private async Task<MailboxJob> BeginAsync() => (await Store.Jobs.BeginAsync(New(Inbox), None))!.Value.Job;

    private async Task<MailboxJob> ApplyAsync(MailboxJob job, uint through, params MessagePlacement[] placements)
    {
        MailboxJob? after = await Store.Jobs.ApplyAsync(
            job.Id, new MailboxJobBatch(job.DoneUid, through, (int)(through - job.DoneUid), 0, placements), None);
        Assert.NotNull(after);
        return after;
    }

    private static uint[] Uids(FolderVersion version) => [.. Enumerable.Range(0, version.Count).Select(i => version[i].Uid)];

    // The keywords of a message, and its system flags as a number.
    private async Task<string[]> FlagsAsync(Folder folder, uint? uid = null)
    {
        using IFolderHold hold = await HoldAsync(folder.Id);
        MessageEntry entry = hold.Version[uid is { } named ? hold.Version.IndexOf(named) : 0];
        IEnumerable<string> keywords = hold.Version.Keywords.Where((_, position) => entry.Flags.Has(MessageFlags.Keyword(position)));
        return [.. keywords, $"{entry.Flags.Bits & 0xFF}"];
    }
}
