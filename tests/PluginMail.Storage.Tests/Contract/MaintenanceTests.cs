using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Storage.Tests;

public abstract class MaintenanceTests<TEngine> : StoreTests<TEngine>
    where TEngine : IStoreEngine, new()
{
    protected override StoreOptions Options => base.Options with { SegmentSize = 200_000 };

    private string BackupFolder => Path.Combine(Root, "backup");

    [Fact]
    public async Task A_backup_taken_while_others_write_is_restored_whole()
    {
        await AddManyAsync(Inbox.Id, 100);
        await AddAsync(Inbox.Id, new string('x', 50_000));
        await AddAsync(Inbox.Id, new string('y', 1_500_000));
        await Store.State.For("p").AddAsync("c", 7, TimeSpan.FromDays(1), None);
        using var done = new CancellationTokenSource();
        Task writing = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                uint uid = await AddAsync(Inbox.Id, "while the backup runs");
                await Mailboxes.ExpungeAsync(Inbox.Id, [uid], always: true, None);
                await Store.Maintenance.ReclaimAsync(None);
            }
        });
        long reported = 0;
        long copied = await Store.Maintenance.BackupAsync(BackupFolder, new SynchronousProgress(octets => reported = octets), None);
        await done.CancelAsync();
        await writing;
        Assert.Equal(copied, reported);
        Assert.True(copied > 1_550_000);

        string other = Path.Combine(Root, "restored");
        StoreCheckReport report = await RestoreAsync(BackupFolder, other);
        Assert.Empty(report.Problems);
        Assert.True(report.Bodies >= 102);
        await using IMailStore restored = await OpenOtherAsync(other);
        Assert.Equal(7, await restored.State.For("p").AddAsync("c", 0, TimeSpan.FromDays(1), None));
        Account account = (await restored.Directory.FindAccountAsync(Address("anna@example.test"), None))!;
        Folder inbox = (await restored.Mailboxes.FindFolderAsync(account.Id, "INBOX", None))!;
        using IFolderHold hold = (await restored.Mailboxes.HoldAsync(inbox.Id, false, None))!;
        Assert.True(hold.Version.UidNext > 1_000_000, "UIDs given after the backup could be given again");
        Assert.Equal(hold.Version.HighestModSeq, hold.Version[0].ModSeq);
        StoredMessage large = Assert.Single(await restored.Mailboxes.ReadAsync(hold, [102], false, None));
        using MessageContent content = restored.Bodies.Open(large);
        Assert.Equal(new string('y', 1_500_000), Encoding.UTF8.GetString(Octets(content)));
    }

    [Fact]
    public async Task A_backup_and_what_is_restored_from_it_are_for_their_owner_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await AddAsync(Inbox.Id, "x");
        await AddAsync(Inbox.Id, new string('y', 1_500_000));
        await Store.Maintenance.BackupAsync(BackupFolder, null, None);
        string other = Path.Combine(Root, "restored");
        await RestoreAsync(BackupFolder, other);
        const UnixFileMode Others = (UnixFileMode)0b111_111;
        foreach (string path in Directory.EnumerateFileSystemEntries(BackupFolder, "*", SearchOption.AllDirectories)
            .Append(BackupFolder).Append(other).Append(Path.Combine(other, "mail.db")))
        {
            Assert.True((File.GetUnixFileMode(path) & Others) == 0, $"{path} is {File.GetUnixFileMode(path)}");
        }
    }

    [Fact]
    public async Task A_backup_needs_an_empty_folder_and_a_restore_a_whole_backup()
    {
        Directory.CreateDirectory(BackupFolder);
        await File.WriteAllTextAsync(Path.Combine(BackupFolder, "precious"), "x");
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Store.Maintenance.BackupAsync(BackupFolder, null, None));
        Assert.True(File.Exists(Path.Combine(BackupFolder, "precious")));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await RestoreAsync(BackupFolder, Path.Combine(Root, "new")));

        string whole = Path.Combine(Root, "whole");
        await Store.Maintenance.BackupAsync(whole, null, None);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await RestoreAsync(whole, BackupFolder));
        Assert.True(File.Exists(Path.Combine(BackupFolder, "precious")));
    }

    [Fact]
    public async Task A_backup_given_up_leaves_nothing()
    {
        await AddManyAsync(Inbox.Id, 10);
        using var source = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.Maintenance.BackupAsync(
            BackupFolder, new SynchronousProgress(_ => source.Cancel()), source.Token));
        Assert.False(Directory.Exists(BackupFolder));
    }

    [Fact]
    public async Task Reclaiming_gives_back_dead_segments_large_files_and_the_holes_between_the_living()
    {
        string text = new('x', 15_000);
        for (int i = 0; i < 60; i++)
        {
            await AddAsync(Inbox.Id, text);
        }

        await AddAsync(Inbox.Id, new string('y', 2_000_000));
        uint[] dead = [.. Enumerable.Range(1, 61).Where(n => n % 10 != 5).Select(n => (uint)n)];
        await Mailboxes.ExpungeAsync(Inbox.Id, dead, always: true, None);
        Assert.True(await Store.Maintenance.ReclaimAsync(None) > (54 * 15_000) + 2_000_000);
        Assert.Equal(Enumerable.Repeat(text, 6), await TextsAsync(Inbox.Id));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(DataFolder, "bodies", "large"), "*", SearchOption.AllDirectories));
        if (OperatingSystem.IsLinux())
        {
            Assert.InRange(DiskUse.Of(Path.Combine(DataFolder, "bodies")), 6 * 15_000, 200_000);
        }

        await ReopenAsync();
        Assert.Equal(0, await Store.Maintenance.ReclaimAsync(None));
        Assert.Equal(Enumerable.Repeat(text, 6), await TextsAsync(Inbox.Id));
    }

    [Fact]
    public async Task A_segment_with_nothing_alive_is_deleted()
    {
        string text = new('x', 60_000);
        for (int i = 0; i < 10; i++)
        {
            await AddAsync(Inbox.Id, text);
        }

        Assert.Equal(4, Directory.GetFiles(Path.Combine(DataFolder, "bodies"), "*.pack").Length);
        await Mailboxes.ExpungeAsync(Inbox.Id, [1, 2, 3, 4, 5, 6, 7, 8, 9], always: true, None);
        await Store.Maintenance.ReclaimAsync(None);
        Assert.Single(Directory.GetFiles(Path.Combine(DataFolder, "bodies"), "*.pack"));
        Assert.Equal([text], await TextsAsync(Inbox.Id));
    }

    private sealed class SynchronousProgress(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
