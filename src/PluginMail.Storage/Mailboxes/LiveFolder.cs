namespace PluginMail.Storage;

/// <summary>A folder as it is read from the store: its version and what is \Recent.</summary>
/// <param name="Version">The version.</param>
/// <param name="FirstRecentUid">The first UID that no session was told of.</param>
internal sealed record LoadedFolder(ChunkedFolderVersion Version, uint FirstRecentUid);

/// <summary>A folder in memory: its newest version, who holds which, and who waits for news. The writer publishes, sessions hold.</summary>
internal sealed class LiveFolder(FolderId id)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<ulong, int> _held = [];
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<FolderChanges>? _unapplied = [];
    private ChunkedFolderVersion? _version;
    private TaskCompletionSource? _news;
    private uint _firstRecentUid;
    private bool _isEvicted;
    private volatile bool _isDeleted;

    public FolderId Id => id;

    /// <summary>Completes when the version is loaded, or is not there.</summary>
    public Task Loaded => _loaded.Task;

    public bool IsDeleted => _isDeleted;

    /// <summary>Whether messages were expunged that a version held now may still see.</summary>
    public volatile bool HasGraves;

    /// <summary>When it was last let go of, in the order of all folders.</summary>
    public long LastUse { get; set; }

    /// <summary>Messages in memory; 0 while somebody holds the folder, for those are not evicted.</summary>
    public int IdleEntries
    {
        get
        {
            lock (_gate)
            {
                return _held.Count == 0 && _version is not null ? _version.Count + 50 : 0;
            }
        }
    }

    /// <summary>The newest version; only after <see cref="Loaded"/>.</summary>
    public ChunkedFolderVersion Newest
    {
        get
        {
            lock (_gate)
            {
                return _version!;
            }
        }
    }

    /// <summary>Takes over what was read, and adds what was committed meanwhile.</summary>
    public void Load(LoadedFolder loaded)
    {
        lock (_gate)
        {
            _version = loaded.Version;
            _firstRecentUid = loaded.FirstRecentUid;
            List<FolderChanges> changes = _unapplied!;
            _unapplied = null;
            foreach (FolderChanges change in changes)
            {
                ApplyLocked(change);
            }
        }

        _loaded.TrySetResult();
    }

    /// <summary>There is no such folder, or it could not be read.</summary>
    public void Fail(Exception? fault)
    {
        Evict();
        _isDeleted = fault is null;
        if (fault is null)
        {
            _loaded.TrySetResult();
        }
        else
        {
            _loaded.TrySetException(fault);
        }
    }

    /// <summary>Takes hold of the newest version.</summary>
    /// <returns>Null where the folder was evicted or deleted meanwhile.</returns>
    public (ChunkedFolderVersion Version, uint FirstRecentUid)? TryHold(bool takeRecent)
    {
        lock (_gate)
        {
            if (_isEvicted || _isDeleted || _version is null)
            {
                return null;
            }

            uint firstRecent = _firstRecentUid;
            if (takeRecent)
            {
                _firstRecentUid = _version.UidNext;
            }

            Count(_version, +1);
            return (_version, firstRecent);
        }
    }

    /// <summary>Moves a holder on to the newest version.</summary>
    public ChunkedFolderVersion MoveOn(ChunkedFolderVersion held, bool takeRecent)
    {
        lock (_gate)
        {
            if (takeRecent)
            {
                _firstRecentUid = _version!.UidNext;
            }

            if (!ReferenceEquals(held, _version))
            {
                Count(held, -1);
                Count(_version!, +1);
            }

            return _version!;
        }
    }

    public void Release(ChunkedFolderVersion held)
    {
        lock (_gate)
        {
            Count(held, -1);
        }
    }

    /// <summary>The oldest version that somebody may see; the highest number where nobody holds one.</summary>
    public ulong OldestHeld
    {
        get
        {
            lock (_gate)
            {
                if (_version is null && !_isEvicted)
                {
                    return 0; // being loaded: what its reader sees is not known yet
                }

                foreach (ulong modSeq in _held.Keys)
                {
                    return modSeq;
                }

                return ulong.MaxValue;
            }
        }
    }

    /// <summary>Takes the folder out of memory, unless somebody holds it.</summary>
    public bool Evict()
    {
        lock (_gate)
        {
            _isEvicted = _held.Count == 0;
            return _isEvicted;
        }
    }

    /// <summary>Ends it for those who hold it or wait for news; they keep the version they have.</summary>
    public void Drop()
    {
        TaskCompletionSource? news;
        lock (_gate)
        {
            _isEvicted = true;
            _isDeleted = true;
            news = _news;
            _news = null;
        }

        news?.TrySetResult();
    }

    /// <summary>Makes what a commit did visible.</summary>
    public void Publish(FolderChanges changes)
    {
        TaskCompletionSource? news;
        lock (_gate)
        {
            HasGraves |= changes.Expunged.Count > 0 || changes.IsDeleted;
            _isDeleted |= changes.IsDeleted;
            if (_unapplied is not null)
            {
                _unapplied.Add(changes);
                return;
            }

            ApplyLocked(changes);
            news = _news;
            _news = null;
        }

        news?.TrySetResult();
    }

    /// <summary>Completes at the next change behind a version; at once where there is one already.</summary>
    public Task NewsAfter(ChunkedFolderVersion held)
    {
        lock (_gate)
        {
            if (_isDeleted || !ReferenceEquals(held, _version))
            {
                return Task.CompletedTask;
            }

            _news ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _news.Task;
        }
    }

    private void ApplyLocked(FolderChanges changes)
    {
        // A folder that was deleted keeps its last version: those who hold it go on reading.
        if (!changes.IsDeleted && changes.HighestModSeq > _version!.HighestModSeq)
        {
            _version = _version.Apply(changes);
        }
    }

    private void Count(ChunkedFolderVersion version, int by)
    {
        int count = _held.GetValueOrDefault(version.HighestModSeq) + by;
        if (count == 0)
        {
            _held.Remove(version.HighestModSeq);
        }
        else
        {
            _held[version.HighestModSeq] = count;
        }
    }
}
