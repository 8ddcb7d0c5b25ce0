namespace PluginMail.Storage.Tests;

/// <summary>Many sessions doing everything at once; afterwards each folder is what its last version says, and the check is clean.</summary>
public abstract class ConcurrencyTests<TEngine> : StoreTests<TEngine>
    where TEngine : IStoreEngine, new()
{
    // So small that idle folders are evicted all the time, and segments change often.
    protected override StoreOptions Options => base.Options with { CachedFolderEntries = 60, SegmentSize = 20_000, MaximumBatchRequests = 7 };

    [Fact]
    public async Task Sessions_doing_everything_at_once_agree_in_the_end()
    {
        Folder[] folders = [Inbox, await CreateFolderAsync("a"), await CreateFolderAsync("b"), await CreateFolderAsync("c")];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(session => Task.Run(() => SessionAsync(folders, new Random(session)))));
        await Store.Maintenance.ReclaimAsync(None);
        var before = new Dictionary<FolderId, List<MessageEntry>>();
        foreach (Folder folder in folders)
        {
            before[folder.Id] = await EntriesAsync(folder.Id);
        }

        await ReopenAsync();
        foreach (Folder folder in folders)
        {
            Assert.Equal(before[folder.Id], await EntriesAsync(folder.Id));
            Assert.All(await TextsAsync(folder.Id), text => Assert.StartsWith("message", text, StringComparison.Ordinal));
        }
    }

    private async Task<List<MessageEntry>> EntriesAsync(FolderId folder)
    {
        using IFolderHold hold = await HoldAsync(folder);
        return [.. Enumerable.Range(0, hold.Version.Count).Select(i => hold.Version[i])];
    }

    private async Task SessionAsync(Folder[] folders, Random random)
    {
        for (int step = 0; step < 60; step++)
        {
            FolderId folder = folders[random.Next(folders.Length)].Id;
            FolderId target = folders[random.Next(folders.Length)].Id;
            using IFolderHold hold = await HoldAsync(folder, takeRecent: random.Next(2) == 0);
            FolderVersion version = hold.Version;
            uint[] some = [.. Enumerable.Range(0, version.Count).Where(_ => random.Next(4) == 0).Select(i => version[i].Uid)];
            await ActAsync(random.Next(6), folder, target, some);
            IReadOnlyList<StoredMessage> seen = await Mailboxes.ReadAsync(hold, some, false, None);
            Assert.Equal(some, seen.Select(message => message.Uid)); // what the version sees stays readable
            Assert.All(seen, message => Assert.StartsWith("message", Text(message), StringComparison.Ordinal));
            FolderVersion newer = hold.Advance();
            FolderDelta delta = newer.DeltaFrom(version);
            Assert.Equal(newer.Count, version.Count - delta.ExpungedPositions.Length + delta.Added);
        }
    }

    private async Task ActAsync(int action, FolderId folder, FolderId target, uint[] some)
    {
        switch (action)
        {
            case 0:
                await Mailboxes.UpdateFlagsAsync(folder, some, Update(FlagUpdateMode.Add, MessageFlags.Seen, "$Forwarded"), null, None);
                break;
            case 1:
                await Mailboxes.CopyAsync(folder, some[..Math.Min(5, some.Length)], target, None);
                break;
            case 2:
                await Mailboxes.MoveAsync(folder, some, target, None);
                break;
            case 3:
                await Mailboxes.ExpungeAsync(folder, some, always: true, None);
                break;
            case 4:
                await Store.Maintenance.ReclaimAsync(None);
                break;
            default:
                await AddManyAsync(folder, 4);
                break;
        }
    }
}
