using PluginMail.Abstractions;
using PluginMail.Storage.Sqlite;

namespace PluginMail.Storage.Tests;

/// <summary>Faults of the disk and of single requests: the store goes on, and nothing is half done.</summary>
public sealed class FaultTests : StoreTests<SqliteEngine>
{
    private readonly FailingDisk _disk = new();

    protected override StoreOptions Options => new(DataFolder) { Disk = _ => _disk, SegmentSize = 100_000 };

    private SqliteMailStore Sqlite => (SqliteMailStore)Store;

    [Fact]
    public async Task A_full_disk_under_the_pack_fails_the_batch_and_the_store_goes_on()
    {
        await AddAsync(Inbox.Id, "before");
        _disk.WritesFail = true;
        StoreUnavailableException fault = await Assert.ThrowsAsync<StoreUnavailableException>(() => AddAsync(Inbox.Id, "lost"));
        Assert.True(fault.IsDiskFull);
        _disk.WritesFail = false;
        Assert.Equal(2u, await AddAsync(Inbox.Id, "after"));
        Assert.Equal(["before", "after"], await TextsAsync(Inbox.Id));
        Assert.Equal(2, (await Store.Directory.GetUsageAsync(Account, None)).Messages);
    }

    [Fact]
    public async Task A_failing_sync_fails_the_batch_and_the_store_goes_on()
    {
        _disk.SyncsFail = true;
        StoreUnavailableException fault = await Assert.ThrowsAsync<StoreUnavailableException>(() => AddAsync(Inbox.Id, "lost"));
        Assert.False(fault.IsDiskFull);
        _disk.SyncsFail = false;
        await AddAsync(Inbox.Id, "after");
        await ReopenAsync();
        Assert.Equal(["after"], await TextsAsync(Inbox.Id));
    }

    [Fact]
    public async Task A_full_database_fails_the_batch_and_the_store_goes_on()
    {
        using IFolderHold hold = await HoldAsync(Inbox.Id);
        await SetMaximumPagesAsync(1); // SQLite makes it what the file has now
        StoreUnavailableException fault = await Assert.ThrowsAsync<StoreUnavailableException>(() => AddManyAsync(Inbox.Id, 500));
        Assert.True(fault.IsDiskFull);
        Assert.False(hold.HasNews);
        await SetMaximumPagesAsync(1_000_000);
        Assert.Equal(1u, await AddAsync(Inbox.Id, "after"));
        Assert.Equal(["after"], await TextsAsync(Inbox.Id));
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    public async Task A_large_body_survives_a_failed_commit_and_can_be_committed_again(bool writes, bool syncs, bool renames)
    {
        await using IBodySpool spool = Store.Bodies.CreateSpool();
        await spool.WriteAsync(new byte[1_300_000], None);
        MessageContent content = await spool.CompleteAsync(None);
        (_disk.WritesFail, _disk.SyncsFail, _disk.RenamesFail) = (writes, syncs, renames);
        var batch = new StoreBatch([Copy(new NewBody(content, "s"u8.ToArray()), Inbox.Id)], []);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Store.CommitAsync(batch, None));
        (_disk.WritesFail, _disk.SyncsFail, _disk.RenamesFail) = (false, false, false);
        Assert.Equal(CopyResultStatus.Stored, (await Store.CommitAsync(batch, None)).Copies[0].Status);
        Assert.Equal(1_300_000, (await TextsAsync(Inbox.Id))[0].Length);
    }

    [Fact]
    public async Task A_full_disk_under_the_spool_is_told_to_its_writer()
    {
        await using IBodySpool spool = Store.Bodies.CreateSpool();
        _disk.WritesFail = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await spool.WriteAsync(new byte[600_000], None));
        _disk.WritesFail = false;
    }

    [Fact]
    public async Task A_failing_request_does_not_fail_the_others_of_its_batch()
    {
        using var gate = new ManualResetEventSlim();
        Task<bool> holding = Sqlite.Writer.WriteAsync(_ => Wait(gate), None);
        Task<uint> first = AddAsync(Inbox.Id, "first");
        Task<bool> broken = Sqlite.Writer.WriteAsync(
            transaction =>
            {
                transaction.Database.Prepare("INSERT INTO messages (id, mod_seq, flags, received, zone, size, body) VALUES (1, 1, 1, 1, 1, 1, 1)").Run();
                transaction.Database.Prepare("INSERT INTO domains VALUES ('example.test')").Run();
                return true;
            },
            None);
        Task<CommitResult> unreadable = Store.CommitAsync(new StoreBatch([Copy(new NewBody(new BrokenContent(), default), Inbox.Id)], []), None).AsTask();
        Task<uint> second = AddAsync(Inbox.Id, "second");
        gate.Set();
        await holding;
        Assert.Equal([1u, 2u], (await Task.WhenAll(first, second)).Order());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => broken);
        await Assert.ThrowsAsync<InvalidDataException>(() => unreadable);
        Assert.Equal(["first", "second"], (await TextsAsync(Inbox.Id)).Order());
    }

    [Fact]
    public async Task Records_reach_over_segments_when_a_batch_fails_in_between()
    {
        string text = new('x', 60_000);
        await AddAsync(Inbox.Id, text);
        _disk.SyncsFail = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => AddAsync(Inbox.Id, text));
        _disk.SyncsFail = false;
        for (int i = 0; i < 5; i++)
        {
            await AddAsync(Inbox.Id, text);
        }

        await ReopenAsync();
        await AddAsync(Inbox.Id, text);
        Assert.Equal(Enumerable.Repeat(text, 7), await TextsAsync(Inbox.Id));
    }

    [Fact]
    public async Task A_folder_whose_uids_are_used_up_takes_no_more()
    {
        Folder full = await CreateFolderAsync("full");
        await Sqlite.Writer.WriteAsync(
            transaction =>
            {
                transaction.Database.Execute("UPDATE folders SET uid_next = 4294967294 WHERE name = 'full'");
                return true;
            },
            None);
        uint[] uids = await AddManyAsync(Inbox.Id, 3);
        Assert.Equal(CopyStatus.NoTarget, (await Mailboxes.CopyAsync(Inbox.Id, uids, full.Id, None)).Status);
        Assert.Equal(CopyStatus.NoTarget, (await Mailboxes.MoveAsync(Inbox.Id, uids, full.Id, None)).Status);
        Assert.Equal(4294967294, await AddAsync(full.Id, "the last"));
        CommitResult result = await Store.CommitAsync(new StoreBatch([Copy(Body("one too many"), full.Id)], []), None);
        Assert.Equal(CopyResultStatus.NoFolder, result.Copies[0].Status);
        Assert.Equal(["the last"], await TextsAsync(full.Id));
    }

    [Fact]
    public async Task A_slower_disk_is_played_by_a_delay_of_each_sync()
    {
        await using IMailStore slow = await new SqliteEngine().OpenAsync(
            new StoreOptions(Path.Combine(Root, "slow")) { ExtraSyncDelay = TimeSpan.FromMilliseconds(40) }, Clock);
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        await slow.Directory.AddDomainAsync("example.test", None);
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(40));
    }

    private static bool Wait(ManualResetEventSlim gate)
    {
        gate.Wait();
        return true;
    }

    private Task<bool> SetMaximumPagesAsync(int pages) =>
        Sqlite.Writer.WriteAsync(
            transaction =>
            {
                transaction.Database.Execute($"PRAGMA max_page_count = {pages}");
                return true;
            },
            None);

    private sealed class BrokenContent : MessageContent
    {
        private int _reads;

        public override long Length => 100;

        public override int Read(long offset, Span<byte> destination) =>
            _reads++ == 0 ? destination.Length : throw new IOException("gone");
    }
}
