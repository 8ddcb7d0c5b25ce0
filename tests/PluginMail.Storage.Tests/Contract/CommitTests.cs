using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Storage.Tests;

public abstract class CommitTests<TEngine> : StoreTests<TEngine>
    where TEngine : IStoreEngine, new()
{
    [Fact]
    public async Task A_message_is_read_back_as_it_was_stored()
    {
        CommitResult result = await Store.CommitAsync(
            new StoreBatch([Copy(Body("Subject: x\r\n\r\nbody", "structure"), Inbox.Id, "Return-Path: <>\r\n", MessageFlags.Seen, "$Label")], []), None);
        Assert.Equal(new CopyResult(CopyResultStatus.Stored, 1, Inbox.UidValidity), result.Copies[0]);

        using IFolderHold hold = await HoldAsync(Inbox.Id);
        Assert.Equal(["$Label"], hold.Version.Keywords.AsEnumerable());
        Assert.Equal(MessageFlags.Seen | MessageFlags.Keyword(0), hold.Version[0].Flags);
        StoredMessage message = Assert.Single(await Mailboxes.ReadAsync(hold, [1], true, None));
        Assert.Equal("Return-Path: <>\r\nSubject: x\r\n\r\nbody", Text(message));
        Assert.Equal("structure", Encoding.UTF8.GetString(message.Structure.Span));
        Assert.Equal(Received, message.InternalDate);
        Assert.Equal(Received.Offset, message.InternalDate.Offset);
        Assert.Equal(35, message.Size);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 << 10)]
    [InlineData(64 << 10)]
    [InlineData((64 << 10) + 1)]
    [InlineData(300_000)]
    [InlineData(1 << 20)]
    [InlineData((1 << 20) + 1)]
    [InlineData(3_000_000)]
    public async Task Every_size_survives_a_reopening(int length)
    {
        byte[] octets = new byte[length];
        new Random(length).NextBytes(octets);
        await using IBodySpool spool = Store.Bodies.CreateSpool();
        for (int i = 0; i < length; i += 10_000)
        {
            await spool.WriteAsync(octets.AsMemory(i, Math.Min(10_000, length - i)), None);
        }

        MessageContent content = await spool.CompleteAsync(None);
        Assert.Equal(octets, Octets(content));
        var body = new NewBody(content, "s"u8.ToArray());
        await Store.CommitAsync(new StoreBatch([Copy(body, Inbox.Id, "P: 1\r\n"), Copy(body, Inbox.Id)], []), None);
        Assert.Equal(octets, Octets(content));
        await ReopenAsync();

        using IFolderHold hold = await HoldAsync(Inbox.Id);
        IReadOnlyList<StoredMessage> messages = await Mailboxes.ReadAsync(hold, [1, 2], true, None);
        Assert.Equal(messages[0].Body, messages[1].Body);
        using MessageContent first = Store.Bodies.Open(messages[0]);
        using MessageContent second = Store.Bodies.Open(messages[1]);
        Assert.Equal((byte[])[.. "P: 1\r\n"u8, .. octets], Octets(first));
        Assert.Equal(octets, Octets(second));
        byte[] part = new byte[7];
        Assert.Equal(Math.Min(7, length), second.Read(Math.Max(0, length - 7), part));
        Assert.Equal(0, second.Read(length, part));
    }

    [Fact]
    public async Task Memory_that_is_left_is_not_used_for_another_body()
    {
        ReadOnlyMemory<byte> kept;
        await using (IBodySpool first = Store.Bodies.CreateSpool())
        {
            await first.WriteAsync("first"u8.ToArray(), None);
            Assert.True((await first.CompleteAsync(None)).TryGetMemory(out kept));
            first.LeaveMemory();
        }

        await using IBodySpool second = Store.Bodies.CreateSpool();
        await second.WriteAsync("other"u8.ToArray(), None);
        Assert.Equal("first"u8.ToArray(), kept.ToArray());
    }

    [Fact]
    public async Task Memory_of_a_message_that_is_outlived_is_not_used_for_another()
    {
        await Store.CommitAsync(new StoreBatch([Copy(Body("first"), Inbox.Id), Copy(Body("other"), Inbox.Id)], []), None);
        using IFolderHold hold = await HoldAsync(Inbox.Id);
        IReadOnlyList<StoredMessage> messages = await Mailboxes.ReadAsync(hold, [1, 2], false, None);
        ReadOnlyMemory<byte> kept;
        using (MessageContent first = Store.Bodies.Open(messages[0]))
        {
            Assert.True(first.TryGetMemory(out kept));
            Assert.IsAssignableFrom<IOutlivedContent>(first).Outlive();
        }

        using MessageContent second = Store.Bodies.Open(messages[1]);
        Assert.Equal("first"u8.ToArray(), kept.ToArray());
        Assert.Equal("other"u8.ToArray(), Octets(second));
    }

    [Fact]
    public async Task The_same_spool_can_be_committed_twice()
    {
        await using IBodySpool spool = Store.Bodies.CreateSpool();
        await spool.WriteAsync(new byte[2_000_000], None);
        MessageContent content = await spool.CompleteAsync(None);
        await Store.CommitAsync(new StoreBatch([Copy(new NewBody(content, default), Inbox.Id)], []), None);
        await Store.CommitAsync(new StoreBatch([Copy(new NewBody(content, default), Inbox.Id)], []), None);
        Assert.All(await TextsAsync(Inbox.Id), text => Assert.Equal(2_000_000, text.Length));
    }

    [Fact]
    public async Task Uids_rise_and_are_never_given_again()
    {
        uint[] first = await AddManyAsync(Inbox.Id, 3);
        await Mailboxes.ExpungeAsync(Inbox.Id, first, always: true, None);
        await ReopenAsync();
        Assert.Equal(4u, await AddAsync(Inbox.Id, "next"));
    }

    [Fact]
    public async Task A_copy_into_a_missing_folder_does_not_fail_the_others()
    {
        NewBody body = Body("x");
        CommitResult result = await Store.CommitAsync(new StoreBatch([Copy(body, new FolderId(99_999)), Copy(body, Inbox.Id)], []), None);
        Assert.Equal([CopyResultStatus.NoFolder, CopyResultStatus.Stored], result.Copies.Select(copy => copy.Status));
    }

    [Fact]
    public async Task A_copy_goes_to_its_other_folder_where_the_first_is_gone()
    {
        NewCopy copy = Copy(Body("x"), new FolderId(99_999)) with { Otherwise = Inbox.Id };
        CommitResult result = await Store.CommitAsync(new StoreBatch([copy], []), None);
        Assert.Equal(new CopyResult(CopyResultStatus.Stored, 1, Inbox.UidValidity, IsOtherwise: true), result.Copies[0]);
        Assert.Equal(["x"], await TextsAsync(Inbox.Id));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_copy_that_comes_only_with_others_waits_for_one(bool isOtherThere)
    {
        NewBody body = Body("x");
        NewCopy dependent = Copy(body, Inbox.Id) with { OnlyWithOthers = true };
        var other = new FolderId(isOtherThere ? Inbox.Id.Value : 99_999);
        CommitResult result = await Store.CommitAsync(new StoreBatch([dependent, Copy(body, other)], [], "k"), None);
        Assert.Equal(isOtherThere ? CopyResultStatus.Stored : CopyResultStatus.Skipped, result.Copies[0].Status);
        Assert.Equal(isOtherThere, (await Store.CommitAsync(new StoreBatch([Copy(body, Inbox.Id)], [], "k"), None)).IsDuplicate);
    }

    [Fact]
    public async Task An_idempotency_key_works_once_and_is_forgotten_in_time()
    {
        var batch = new StoreBatch([Copy(Body("x"), Inbox.Id)], [], "uidl-1");
        Assert.False((await Store.CommitAsync(batch, None)).IsDuplicate);
        await ReopenAsync();
        CommitResult again = await Store.CommitAsync(batch, None);
        Assert.True(again.IsDuplicate);
        Assert.Equal(CopyResultStatus.Skipped, again.Copies[0].Status);
        Clock.Move(TimeSpan.FromDays(91));
        await Store.Maintenance.ReclaimAsync(None);
        Assert.False((await Store.CommitAsync(batch, None)).IsDuplicate);
    }

    [Fact]
    public async Task Quota_is_decided_by_size_with_prefix_and_can_be_passed_over()
    {
        AccountId small = await AddAccountAsync("small", quota: 100);
        Folder inbox = await FolderAsync("INBOX", small);
        NewBody body = Body(new string('x', 45));
        NewCopy copy = Copy(body, inbox.Id, "12345");
        CommitResult result = await Store.CommitAsync(new StoreBatch([copy, copy, copy], []), None);
        Assert.Equal([CopyResultStatus.Stored, CopyResultStatus.Stored, CopyResultStatus.OverQuota], result.Copies.Select(c => c.Status));
        Assert.Equal(new AccountUsage(100, 2), await Store.Directory.GetUsageAsync(small, None));

        result = await Store.CommitAsync(new StoreBatch([copy with { EnforcesQuota = false }], []), None);
        Assert.Equal(CopyResultStatus.Stored, result.Copies[0].Status);
        Assert.Equal(new AccountUsage(150, 3), await Store.Directory.GetUsageAsync(small, None));

        await Mailboxes.ExpungeAsync(inbox.Id, [1, 2], always: true, None);
        Assert.Equal(new AccountUsage(50, 1), await Store.Directory.GetUsageAsync(small, None));
        Assert.Equal(CopyStatus.Done, (await Mailboxes.CopyAsync(inbox.Id, [3], inbox.Id, None)).Status);
        Assert.Equal(CopyStatus.OverQuota, (await Mailboxes.CopyAsync(inbox.Id, [3], inbox.Id, None)).Status);
    }

    [Fact]
    public async Task Many_callers_at_once_all_get_their_own_uid()
    {
        Task<uint>[] tasks = [.. Enumerable.Range(0, 500).Select(n => Task.Run(() => AddAsync(Inbox.Id, "message " + n)))];
        uint[] uids = await Task.WhenAll(tasks);
        Assert.Equal(Enumerable.Range(1, 500).Select(n => (uint)n), uids.Order());
        using IFolderHold hold = await HoldAsync(Inbox.Id);
        for (int n = 0; n < uids.Length; n++)
        {
            Assert.Equal("message " + n, await TextAsync(hold, uids[n]));
        }
    }

    [Fact]
    public async Task A_commit_given_up_before_it_began_does_nothing()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Store.CommitAsync(new StoreBatch([Copy(Body("x"), Inbox.Id)], []), source.Token));
        Assert.Empty(await TextsAsync(Inbox.Id));
    }
}
