using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Imap.Tests;

/// <summary>A store of which single calls fail.</summary>
internal sealed class FaultyStore(IMailStore store) : IMailStore, IBodyStore
{
    /// <summary>What the next commit throws.</summary>
    public Exception? CommitFault { get; set; }

    /// <summary>What opening the next body throws.</summary>
    public Exception? OpenFault { get; set; }

    /// <summary>Whether the next body breaks off when it is read.</summary>
    public bool BreaksOff { get; set; }

    public IDirectoryStore Directory => store.Directory;

    public IMailboxStore Mailboxes => store.Mailboxes;

    public IBodyStore Bodies => this;

    public IScriptStore Scripts => store.Scripts;

    public IAnnotationStore Annotations => store.Annotations;

    public IMailboxJobStore Jobs => store.Jobs;

    public IQueueStore Queue => store.Queue;

    public IStateStores State => store.State;

    public IStoreMaintenance Maintenance => store.Maintenance;

    public ValueTask<CommitResult> CommitAsync(StoreBatch batch, CancellationToken cancellationToken)
    {
        if (CommitFault is { } fault)
        {
            CommitFault = null;
            throw fault;
        }

        return store.CommitAsync(batch, cancellationToken);
    }

    /// <summary>Whether the next body cannot be written.</summary>
    public bool SpoolFails { get; set; }

    public IBodySpool CreateSpool() => SpoolFails ? new FullSpool() : store.Bodies.CreateSpool();

    public MessageContent Open(StoredMessage message)
    {
        if (OpenFault is { } fault)
        {
            OpenFault = null;
            throw fault;
        }

        return BreaksOff ? new BrokenContent(message.Size) : store.Bodies.Open(message);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private sealed class FullSpool : IBodySpool
    {
        public void LeaveMemory()
        {
        }

        public long Length => 0;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken) =>
            throw new StoreUnavailableException("full", isDiskFull: true);

        public ValueTask<MessageContent> CompleteAsync(CancellationToken cancellationToken) =>
            throw new StoreUnavailableException("full", isDiskFull: true);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class BrokenContent(long length) : MessageContent
    {
        public override long Length => length;

        public override int Read(long offset, Span<byte> destination) =>
            throw new StoreUnavailableException("unreadable", isDiskFull: false);
    }
}
