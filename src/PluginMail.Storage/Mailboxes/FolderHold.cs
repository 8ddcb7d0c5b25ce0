namespace PluginMail.Storage;

/// <summary>A session's hold on a live folder.</summary>
internal sealed class FolderHold(LiveFolders folders, LiveFolder live, ChunkedFolderVersion version, uint firstRecentUid, bool takeRecent)
    : IFolderHold
{
    private ChunkedFolderVersion _version = version;
    private int _disposed;

    public FolderVersion Version => _version;

    public uint FirstRecentUid => firstRecentUid;

    public bool HasNews => live.IsDeleted || !ReferenceEquals(live.Newest, _version);

    public bool IsDeleted => live.IsDeleted;

    public FolderVersion Advance()
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        ChunkedFolderVersion before = _version;
        _version = live.MoveOn(before, takeRecent);
        if (!ReferenceEquals(before, _version))
        {
            if (takeRecent && _version.UidNext > before.UidNext)
            {
                folders.RecentTaken?.Invoke(live.Id, _version.UidNext);
            }

            if (live.HasGraves)
            {
                folders.GravesReleased?.Invoke(live.Id);
            }
        }

        return _version;
    }

    public async ValueTask WaitForNewsAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await live.NewsAfter(_version).WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            live.Release(_version);
            folders.Released(live);
        }
    }
}
