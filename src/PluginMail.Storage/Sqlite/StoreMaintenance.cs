using Microsoft.Extensions.Logging;

namespace PluginMail.Storage.Sqlite;

/// <summary>Check, backup and reclaiming; one at a time, so that reclaiming takes nothing away that the others still read.</summary>
internal sealed class StoreMaintenance(
    StoreLayout layout,
    DurableDisk disk,
    PackSegments segments,
    BodyStore bodies,
    ReaderPool readers,
    GroupWriter<WriteTransaction> writer,
    GravePurge purge,
    SqliteStateStores state,
    StoreOptions options,
    TimeProvider time,
    ILogger logger) : IStoreMaintenance, IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Reclaiming _reclaiming = new(layout, disk, segments, bodies, readers, writer);

    public void Dispose() => _one.Dispose();

    private Task<T> AloneAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        Task.Run(
            async () =>
            {
                await _one.WaitAsync(cancellationToken);
                try
                {
                    return await work(cancellationToken);
                }
                catch (SqliteFault fault)
                {
                    throw fault.Translate();
                }
                catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
                {
                    throw DurableDisk.Translate(fault);
                }
                finally
                {
                    _one.Release();
                }
            },
            cancellationToken);

    public async ValueTask<StoreCheckReport> CheckAsync(CancellationToken cancellationToken) =>
        await AloneAsync(token => new StoreCheck(readers, new BodyVerifier(layout, segments)).RunAsync(token), cancellationToken);

    public async ValueTask<long> BackupAsync(string folder, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var backup = new StoreBackup(layout, segments, readers, state, disk, progress);
        long octets = await AloneAsync(token => backup.RunAsync(folder, token), cancellationToken);
        StorageLog.BackedUp(logger, folder, octets);
        return octets;
    }

    public async ValueTask<long> ReclaimAsync(CancellationToken cancellationToken) =>
        await AloneAsync(
            async token =>
            {
                await purge.PurgeAllAsync(await readers.ReadAsync(GravePurge.List, token), token);
                await ForgetKeysAsync(token);
                await state.SweepAsync(token);
                (long octets, long count) = await _reclaiming.RunAsync(token);
                StorageLog.Reclaimed(logger, octets, count);
                return octets;
            },
            cancellationToken);

    private async Task ForgetKeysAsync(CancellationToken cancellationToken)
    {
        long oldest = (time.GetUtcNow() - options.IdempotencyLifetime).ToUnixTimeMilliseconds();
        while (await writer.WriteAsync(
            transaction =>
            {
                transaction.Database.Prepare(
                    "DELETE FROM idempotency WHERE key IN (SELECT key FROM idempotency WHERE committed < ? ORDER BY committed LIMIT 500)")
                    .With(oldest).Run();
                return transaction.Database.Changes == 500;
            },
            cancellationToken,
            mayLag: true))
        {
        }
    }
}
