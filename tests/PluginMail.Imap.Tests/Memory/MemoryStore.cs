using System.Buffers;
using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Imap.Tests;

/// <summary>Mailboxes in memory, as far as IMAP needs a store.</summary>
internal sealed class MemoryStore : IMailStore, IMailboxStore, IBodyStore
{
    private readonly Lock _lock = new();
    private readonly List<MemoryFolder> _folders = [];
    private readonly HashSet<string> _subscriptions = [];
    private readonly List<byte[]> _bodies = [];
    private long _lastFolder;

    public MemoryStore()
    {
        Make(Folder.Inbox, SpecialUse.None);
    }

    /// <summary>The most octets that copies may have together; 0 is no limit.</summary>
    public long Quota { get; set; }

    /// <summary>What the next read or write of a message throws.</summary>
    public Exception? Fault { get; set; }

    public IDirectoryStore Directory => throw new InvalidOperationException();

    public IMailboxStore Mailboxes => this;

    public IBodyStore Bodies => this;

    public IScriptStore Scripts => throw new InvalidOperationException();

    public IQueueStore Queue => throw new InvalidOperationException();

    public IStateStores State => throw new InvalidOperationException();

    public IStoreMaintenance Maintenance => throw new InvalidOperationException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public ValueTask<CommitResult> CommitAsync(StoreBatch batch, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Throw();
            List<CopyResult> results = [];
            foreach (NewCopy copy in batch.Copies)
            {
                MemoryFolder? folder = _folders.Find(candidate => candidate.Id == copy.Folder);
                if (folder is null || IsOver(copy.Body.Content.Length))
                {
                    results.Add(new CopyResult(folder is null ? CopyResultStatus.NoFolder : CopyResultStatus.OverQuota, 0, 0));
                    continue;
                }

                byte[] octets = new byte[copy.Body.Content.Length];
                copy.Body.Content.Read(0, octets);
                _bodies.Add(octets);
                var row = new StoredMessage(0, copy.InternalDate, copy.Prefix, octets.Length, new BodyKey(_bodies.Count - 1), copy.Body.Structure.ToArray());
                uint uid = folder.Add(row, folder.FlagsOf(copy.Flags, copy.Keywords)!.Value);
                folder.Publish();
                results.Add(new CopyResult(CopyResultStatus.Stored, uid, 7));
            }

            return new(new CommitResult(false, results));
        }
    }

    public ValueTask<IReadOnlyList<Folder>> ListFoldersAsync(AccountId account, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return new([.. _folders.OrderBy(folder => folder.Name != Folder.Inbox).ThenBy(folder => folder.Name, StringComparer.Ordinal)
                .Select(folder => folder.ToFolder(_subscriptions))]);
        }
    }

    public ValueTask<Folder?> FindFolderAsync(AccountId account, string name, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return new(Find(name)?.ToFolder(_subscriptions));
        }
    }

    public ValueTask<FolderChange> CreateFolderAsync(AccountId account, NewFolder folder, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (folder.Name.Length == 0 || folder.Name.StartsWith('/') || folder.Name.Contains("//", StringComparison.Ordinal))
            {
                return new(FolderChange.InvalidName);
            }

            if (Find(folder.Name) is { } known)
            {
                bool wasSelectable = known.IsSelectable;
                known.IsSelectable = true;
                return new(wasSelectable ? FolderChange.AlreadyExists : FolderChange.Done);
            }

            for (int end = folder.Name.IndexOf('/'); end > 0; end = folder.Name.IndexOf('/', end + 1))
            {
                if (Find(folder.Name[..end]) is null)
                {
                    Make(folder.Name[..end], SpecialUse.None);
                }
            }

            Make(folder.Name, folder.SpecialUse);
            return new(FolderChange.Done);
        }
    }

    public ValueTask<FolderChange> RenameFolderAsync(AccountId account, string name, string newName, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (Find(name) is not { } folder || Find(newName) is not null)
            {
                return new(Find(name) is null ? FolderChange.NotFound : FolderChange.AlreadyExists);
            }

            foreach (MemoryFolder below in _folders.Where(candidate => candidate.Name.StartsWith(name + "/", StringComparison.Ordinal)))
            {
                below.Name = newName + below.Name[name.Length..];
            }

            folder.Name = newName;
            return new(FolderChange.Done);
        }
    }

    public ValueTask<FolderChange> DeleteFolderAsync(AccountId account, string name, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (name == Folder.Inbox || Find(name) is not { } folder)
            {
                return new(name == Folder.Inbox ? FolderChange.NotAllowed : FolderChange.NotFound);
            }

            _folders.Remove(folder);
            folder.Delete();
            if (_folders.Exists(candidate => candidate.Name.StartsWith(name + "/", StringComparison.Ordinal)))
            {
                Make(name, SpecialUse.None).IsSelectable = false;
            }

            return new(FolderChange.Done);
        }
    }

    public ValueTask<FolderChange> SubscribeAsync(AccountId account, string name, bool isSubscribed, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _ = isSubscribed ? _subscriptions.Add(name) : _subscriptions.Remove(name);
            return new(FolderChange.Done);
        }
    }

    public ValueTask<IReadOnlyList<string>> ListSubscriptionsAsync(AccountId account, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return new([.. _subscriptions.Order(StringComparer.Ordinal)]);
        }
    }

    public ValueTask<IFolderHold?> HoldAsync(FolderId folder, bool takeRecent, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            MemoryFolder? found = _folders.Find(candidate => candidate.Id == folder);
            if (found is null)
            {
                return new((IFolderHold?)null);
            }

            var hold = new Hold(found, found.FirstRecent);
            found.FirstRecent = takeRecent ? found.UidNext : found.FirstRecent;
            return new(hold);
        }
    }

    public ValueTask<IReadOnlyList<StoredMessage>> ReadAsync(
        IFolderHold hold, IReadOnlyList<uint> uids, bool withStructure, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Throw();
            Dictionary<uint, StoredMessage> rows = ((Hold)hold).Folder.Rows;
            return new([.. uids.Select(uid => withStructure ? rows[uid] : rows[uid] with { Structure = default })]);
        }
    }

    public ValueTask<IReadOnlyList<MessageEntry>?> UpdateFlagsAsync(
        FolderId folder, IReadOnlyList<uint> uids, FlagUpdate update, ulong? unchangedSince, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            MemoryFolder found = _folders.Find(candidate => candidate.Id == folder)!;
            if (found.FlagsOf(update.System, update.Keywords) is not { } flags)
            {
                return new((IReadOnlyList<MessageEntry>?)null);
            }

            List<MessageEntry> changed = [];
            foreach (MessageEntry entry in found.Entries.Where(entry => uids.Contains(entry.Uid)).ToArray())
            {
                MessageFlags after = update.Mode switch
                {
                    FlagUpdateMode.Add => entry.Flags | flags,
                    FlagUpdateMode.Remove => entry.Flags - flags,
                    _ => flags,
                };
                changed.Add(found.SetFlags(entry.Uid, after));
            }

            found.Publish();
            return new(changed);
        }
    }

    public ValueTask<CopyOutcome> CopyAsync(FolderId source, IReadOnlyList<uint> uids, FolderId target, CancellationToken cancellationToken) =>
        new(Transfer(source, uids, target, removes: false));

    public ValueTask<CopyOutcome> MoveAsync(FolderId source, IReadOnlyList<uint> uids, FolderId target, CancellationToken cancellationToken) =>
        new(Transfer(source, uids, target, removes: true));

    public ValueTask<IReadOnlyList<uint>> ExpungeAsync(FolderId folder, IReadOnlyList<uint> uids, bool always, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            MemoryFolder found = _folders.Find(candidate => candidate.Id == folder)!;
            uint[] removed = [.. found.Entries.Where(entry => uids.Contains(entry.Uid) && (always || entry.Flags.Has(MessageFlags.Deleted))).Select(entry => entry.Uid)];
            foreach (uint uid in removed)
            {
                found.Remove(uid);
            }

            found.Publish();
            return new(removed);
        }
    }

    public IBodySpool CreateSpool() => new Spool();

    public MessageContent Open(StoredMessage message)
    {
        lock (_lock)
        {
            return new UnmappedContent([.. message.Prefix.Span, .. _bodies[(int)message.Body.Value]]);
        }
    }

    private MemoryFolder Make(string name, SpecialUse use)
    {
        var folder = new MemoryFolder(new FolderId(++_lastFolder), new AccountId(1), name, use);
        _folders.Add(folder);
        return folder;
    }

    private MemoryFolder? Find(string name) => _folders.Find(folder => folder.Name == name);

    private bool IsOver(long more) => Quota > 0 && _folders.Sum(folder => folder.Entries.Sum(entry => folder.Rows[entry.Uid].Size)) + more > Quota;

    private void Throw()
    {
        if (Fault is { } fault)
        {
            Fault = null;
            throw fault;
        }
    }

    private CopyOutcome Transfer(FolderId source, IReadOnlyList<uint> uids, FolderId target, bool removes)
    {
        lock (_lock)
        {
            Throw();
            MemoryFolder from = _folders.Find(candidate => candidate.Id == source)!;
            MemoryFolder to = _folders.Find(candidate => candidate.Id == target)!;
            MessageEntry[] entries = [.. from.Entries.Where(entry => uids.Contains(entry.Uid))];
            if (!removes && IsOver(entries.Sum(entry => from.Rows[entry.Uid].Size)))
            {
                return new CopyOutcome(CopyStatus.OverQuota, 0, []);
            }

            List<CopiedMessage> copied = [];
            foreach (MessageEntry entry in entries)
            {
                string[] keywords = [.. from.Keywords.Where((_, i) => entry.Flags.Has(MessageFlags.Keyword(i)))];
                MessageFlags flags = to.FlagsOf(new MessageFlags(entry.Flags.Bits & 0xFF), keywords)!.Value;
                copied.Add(new CopiedMessage(entry.Uid, to.Add(from.Rows[entry.Uid], flags)));
                if (removes)
                {
                    from.Remove(entry.Uid);
                }
            }

            to.Publish();
            from.Publish();
            return new CopyOutcome(CopyStatus.Done, 7, copied);
        }
    }

    private sealed class Hold(MemoryFolder folder, uint firstRecent) : IFolderHold
    {
        public MemoryFolder Folder => folder;

        public FolderVersion Version { get; private set; } = folder.Version;

        public uint FirstRecentUid => firstRecent;

        public bool HasNews => folder.Version != Version;

        public bool IsDeleted => folder.IsDeleted;

        public FolderVersion Advance() => Version = folder.Version;

        public async ValueTask WaitForNewsAsync(CancellationToken cancellationToken)
        {
            Task news = folder.News;
            if (!HasNews && !IsDeleted)
            {
                await news.WaitAsync(cancellationToken);
            }
        }

        public void Dispose()
        {
        }
    }

    private sealed class Spool : IBodySpool
    {
        private readonly ArrayBufferWriter<byte> _octets = new();

        public long Length => _octets.WrittenCount;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
        {
            _octets.Write(octets.Span);
            return ValueTask.CompletedTask;
        }

        public ValueTask<MessageContent> CompleteAsync(CancellationToken cancellationToken) => new(new MemoryContent(_octets.WrittenMemory));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Content that must be read, as one in a file.</summary>
    private sealed class UnmappedContent(byte[] octets) : MessageContent
    {
        public override long Length => octets.Length;

        public override int Read(long offset, Span<byte> destination)
        {
            int count = (int)Math.Min(destination.Length, Math.Max(0, octets.Length - offset));
            octets.AsSpan((int)Math.Min(offset, octets.Length), count).CopyTo(destination);
            return count;
        }
    }
}
