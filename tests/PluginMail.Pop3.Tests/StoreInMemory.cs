using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Pop3.Tests;

/// <summary>One account with one INBOX, in memory. What POP3 does not use is not supported.</summary>
internal sealed class StoreInMemory : IMailStore, IMailboxStore, IBodyStore
{
    public static readonly FolderId Inbox = new(7);
    public static readonly AccountId Owner = new(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<uint, byte[]> _messages = [];
    private Snapshot _version = new([]);
    private uint _next = 1;

    /// <summary>Commits of removals that succeed before one fails.</summary>
    public int RemovalsLeft { get; set; } = int.MaxValue;

    /// <summary>Makes every read of a body fail.</summary>
    public bool RefusesReads { get; set; }

    /// <summary>Makes every look at a folder a fault of the program.</summary>
    public bool IsFaulty { get; set; }

    /// <summary>The octets of the largest read of a body.</summary>
    public int LargestRead { get; private set; }

    public int HoldsOpen { get; private set; }

    public uint[] Uids => [.. _version.Entries.Select(static e => e.Uid)];

    public IDirectoryStore Directory { get; } = new OneAccount();

    public IMailboxStore Mailboxes => this;

    public IBodyStore Bodies => this;

    public IScriptStore Scripts => throw new NotSupportedException();

    public IAnnotationStore Annotations => throw new NotSupportedException();

    public IMailboxJobStore Jobs => throw new NotSupportedException();

    public IQueueStore Queue => throw new NotSupportedException();

    public IStateStores State => throw new NotSupportedException();

    public IStoreMaintenance Maintenance => throw new NotSupportedException();

    public void Add(ReadOnlySpan<byte> message)
    {
        lock (_lock)
        {
            _messages[_next] = message.ToArray();
            _version = new Snapshot(_version.Entries.Add(new MessageEntry(_next, _next, default)));
            _next++;
        }
    }

    public ValueTask<Folder?> FindFolderAsync(AccountId account, string name, CancellationToken cancellationToken) => ValueTask.FromResult(
        account == Owner && name == Folder.Inbox ? new Folder(Inbox, Owner, name, SpecialUse.None, 42, IsSubscribed: true, IsSelectable: true) : null);

    public ValueTask<IFolderHold?> HoldAsync(FolderId folder, bool takeRecent, CancellationToken cancellationToken)
    {
        HoldsOpen++;
        return ValueTask.FromResult<IFolderHold?>(new Hold(this, _version));
    }

    public ValueTask<IReadOnlyList<StoredMessage>> ReadAsync(
        IFolderHold hold, IReadOnlyList<uint> uids, bool withStructure, CancellationToken cancellationToken)
    {
        if (IsFaulty)
        {
            throw new InvalidOperationException("a fault");
        }

        return ValueTask.FromResult<IReadOnlyList<StoredMessage>>(
        [
            .. uids.Where(u => hold.Version.IndexOf(u) >= 0)
                .Select(u => new StoredMessage(u, DateTimeOffset.UnixEpoch, "Return-Path: <>\r\n"u8.ToArray(), _messages[u].Length, new BodyKey(u), default)),
        ]);
    }

    public MessageContent Open(StoredMessage message) => RefusesReads
        ? throw new StoreUnavailableException("the disk is broken", isDiskFull: false)
        : new Content(this, [.. message.Prefix.Span, .. _messages[message.Uid]]);

    public ValueTask<IReadOnlyList<uint>> ExpungeAsync(FolderId folder, IReadOnlyList<uint> uids, bool always, CancellationToken cancellationToken)
    {
        if (--RemovalsLeft < 0)
        {
            throw new StoreUnavailableException("the disk is full", isDiskFull: true);
        }

        Assert.True(always);
        lock (_lock)
        {
            uint[] gone = [.. uids.Where(u => _version.IndexOf(u) >= 0)];
            _version = new Snapshot(_version.Entries.RemoveAll(e => gone.Contains(e.Uid)));
            return ValueTask.FromResult<IReadOnlyList<uint>>(gone);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public IBodySpool CreateSpool() => throw new NotSupportedException();

    public ValueTask<CommitResult> CommitAsync(StoreBatch batch, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<Folder>> ListFoldersAsync(AccountId account, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<FolderChange> CreateFolderAsync(AccountId account, NewFolder folder, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<FolderChange> RenameFolderAsync(AccountId account, string name, string newName, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<FolderChange> DeleteFolderAsync(AccountId account, string name, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<FolderChange> SubscribeAsync(AccountId account, string name, bool isSubscribed, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<string>> ListSubscriptionsAsync(AccountId account, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<MessageEntry>?> UpdateFlagsAsync(
        FolderId folder, IReadOnlyList<uint> uids, FlagUpdate update, ulong? unchangedSince, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<CopyOutcome> CopyAsync(FolderId source, IReadOnlyList<uint> uids, FolderId target, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<CopyOutcome> MoveAsync(FolderId source, IReadOnlyList<uint> uids, FolderId target, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private sealed class Content(StoreInMemory store, byte[] octets) : MessageContent
    {
        public override long Length => octets.Length;

        public override int Read(long offset, Span<byte> destination)
        {
            store.LargestRead = Math.Max(store.LargestRead, destination.Length);
            return new MemoryContent(octets).Read(offset, destination);
        }
    }

    private sealed class Hold(StoreInMemory store, Snapshot version) : IFolderHold
    {
        public FolderVersion Version => version;

        public uint FirstRecentUid => 1;

        public bool HasNews => false;

        public bool IsDeleted => false;

        public FolderVersion Advance() => version;

        public ValueTask WaitForNewsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public void Dispose() => store.HoldsOpen--;
    }

    private sealed class Snapshot(ImmutableArray<MessageEntry> entries) : FolderVersion
    {
        public ImmutableArray<MessageEntry> Entries => entries;

        public override FolderId Folder => Inbox;

        public override uint UidValidity => 42;

        public override uint UidNext => uint.MaxValue;

        public override ulong HighestModSeq => 1;

        public override ImmutableArray<string> Keywords => [];

        public override int Count => entries.Length;

        public override MessageEntry this[int position] => entries[position];

        public override int IndexOf(uint uid) => Math.Max(-1, entries.BinarySearch(new MessageEntry(uid, 0, default), Comparer<MessageEntry>.Create(static (a, b) => a.Uid.CompareTo(b.Uid))));

        public override FolderDelta DeltaFrom(FolderVersion older) => throw new NotSupportedException();
    }
}
