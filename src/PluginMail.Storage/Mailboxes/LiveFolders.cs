using System.Collections.Concurrent;

namespace PluginMail.Storage;

/// <summary>The folders in memory: loaded when first held, kept while used, then as long as there is room.</summary>
/// <param name="load">Reads a folder in one transaction; null where it is gone.</param>
/// <param name="entryLimit">Messages of folders that nobody holds.</param>
internal sealed class LiveFolders(Func<FolderId, CancellationToken, ValueTask<LoadedFolder?>> load, int entryLimit)
{
    private const int EvictionInterval = 32;

    private readonly ConcurrentDictionary<FolderId, LiveFolder> _folders = [];
    private long _uses;

    /// <summary>A version that may see expunged messages was let go of.</summary>
    public Action<FolderId>? GravesReleased { get; set; }

    /// <summary>A session was told of messages: the first UID it was not told of.</summary>
    public Action<FolderId, uint>? RecentTaken { get; set; }

    public async ValueTask<FolderHold?> HoldAsync(FolderId id, bool takeRecent, CancellationToken cancellationToken)
    {
        while (true)
        {
            var added = new LiveFolder(id);
            LiveFolder live = _folders.GetOrAdd(id, added);
            if (ReferenceEquals(live, added))
            {
                await LoadAsync(live);
            }

            await live.Loaded.WaitAsync(cancellationToken);
            if (live.TryHold(takeRecent) is { } held)
            {
                if (takeRecent && held.FirstRecentUid < held.Version.UidNext)
                {
                    RecentTaken?.Invoke(id, held.Version.UidNext);
                }

                return new FolderHold(this, live, held.Version, held.FirstRecentUid, takeRecent);
            }

            if (live.IsDeleted)
            {
                return null;
            }
        }
    }

    /// <summary>The folder, where it is in memory.</summary>
    public LiveFolder? Find(FolderId id) => _folders.GetValueOrDefault(id);

    /// <summary>The oldest version of a folder that somebody may see.</summary>
    public ulong OldestHeld(FolderId id) => Find(id)?.OldestHeld ?? ulong.MaxValue;

    /// <summary>Makes what a commit did to a folder visible, where somebody looks.</summary>
    public void Publish(FolderId id, FolderChanges changes)
    {
        if (Find(id) is { } live)
        {
            live.Publish(changes);
            if (changes.IsDeleted)
            {
                TryRemove(live);
            }
        }
    }

    /// <summary>What is in memory of a folder cannot be trusted: who asks next reads it anew, who holds it sees it as deleted.</summary>
    public void Drop(FolderId id)
    {
        if (_folders.TryRemove(id, out LiveFolder? live))
        {
            live.Drop();
        }
    }

    /// <summary>A holder let go.</summary>
    public void Released(LiveFolder live)
    {
        live.LastUse = Interlocked.Increment(ref _uses);
        if (live.HasGraves)
        {
            GravesReleased?.Invoke(live.Id);
        }

        if (live.IsDeleted)
        {
            TryRemove(live);
        }

        if (live.LastUse % EvictionInterval == 0)
        {
            EvictWhereFull();
        }
    }

    private async ValueTask LoadAsync(LiveFolder live)
    {
        try
        {
            // Others wait for it, so it is not given up with the first who asked.
            LoadedFolder? loaded = await load(live.Id, CancellationToken.None);
            if (loaded is not null)
            {
                live.Load(loaded);
                return;
            }

            _folders.TryRemove(new(live.Id, live));
            live.Fail(null);
        }
        catch (Exception fault)
        {
            _folders.TryRemove(new(live.Id, live));
            live.Fail(fault);
            throw;
        }
    }

    private void EvictWhereFull()
    {
        long idle = 0;
        foreach (LiveFolder folder in _folders.Values)
        {
            idle += folder.IdleEntries;
        }

        if (idle <= entryLimit)
        {
            return;
        }

        foreach (LiveFolder folder in _folders.Values.Where(folder => folder.IdleEntries > 0).OrderBy(folder => folder.LastUse).ToList())
        {
            idle -= folder.IdleEntries;
            TryRemove(folder);
            if (idle <= entryLimit * 3L / 4)
            {
                return;
            }
        }
    }

    private void TryRemove(LiveFolder folder)
    {
        if (folder.Evict())
        {
            _folders.TryRemove(new(folder.Id, folder));
        }
    }
}
