using PluginMail.Storage;

namespace PluginMail.Delivery.Tests;

/// <summary>A store that is gone after its first commit, as of a server that is killed then.</summary>
internal sealed class DyingStore(IMailStore store) : IMailStore
{
    private bool _isDead;

    /// <summary>Runs before the commit.</summary>
    public Func<Task>? Before { get; set; }

    public IDirectoryStore Directory => store.Directory;

    public IMailboxStore Mailboxes => store.Mailboxes;

    public IBodyStore Bodies => store.Bodies;

    public IScriptStore Scripts => store.Scripts;

    public IAnnotationStore Annotations => store.Annotations;

    public IMailboxJobStore Jobs => store.Jobs;

    public IQueueStore Queue => store.Queue;

    public IStateStores State => store.State;

    public IStoreMaintenance Maintenance => store.Maintenance;

    public async ValueTask<CommitResult> CommitAsync(StoreBatch batch, CancellationToken cancellationToken)
    {
        if (_isDead)
        {
            throw new StoreUnavailableException("killed", isDiskFull: false);
        }

        _isDead = true;
        if (Before is { } before)
        {
            await before();
        }

        return await store.CommitAsync(batch, cancellationToken);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
