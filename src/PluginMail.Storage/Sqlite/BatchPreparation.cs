namespace PluginMail.Storage.Sqlite;

/// <summary>Prepares batches outside the writer. Large bodies are synced here, a few at a time, so that they never occupy all threads.</summary>
internal sealed class BatchPreparation(StoreLayout layout, DurableDisk disk, StoreOptions options) : IDisposable
{
    private const int LargeAtOnce = 4;

    private readonly SemaphoreSlim _large = new(LargeAtOnce, LargeAtOnce);

    /// <summary>Prepares a batch; a small one at once.</summary>
    /// <exception cref="StoreUnavailableException">A large body cannot be written.</exception>
    public async ValueTask<BatchCommit> PrepareAsync(StoreBatch batch, CancellationToken cancellationToken)
    {
        if (!batch.Copies.Any(copy => IsLarge(copy.Body)) && !batch.QueueEntries.Any(entry => IsLarge(entry.Body)))
        {
            return Prepare(batch);
        }

        await _large.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Prepare(batch), cancellationToken);
        }
        finally
        {
            _large.Release();
        }
    }

    public void Dispose() => _large.Dispose();

    private bool IsLarge(NewBody body) => body.Content.Length > options.LargestPackedBody;

    private BatchCommit Prepare(StoreBatch batch) =>
        BatchCommit.Prepare(batch, body => PreparedBody.Prepare(body, layout, disk, options));
}
