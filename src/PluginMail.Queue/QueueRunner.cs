using Microsoft.Extensions.Logging;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>Tries the queue's entries when they are due.</summary>
/// <param name="store">The entries.</param>
/// <param name="delivery">Serves mailboxes here.</param>
/// <param name="router">Says which recipients are elsewhere.</param>
/// <param name="transport">Serves other hosts; null where this server sends nothing elsewhere.</param>
/// <param name="reports">Tells senders.</param>
/// <param name="traces">Where attempts are recorded.</param>
/// <param name="options">Settings; asked anew each time.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">The log.</param>
public sealed class QueueRunner(
    IMailStore store,
    IDelivery delivery,
    IRecipientRouter router,
    IOutboundTransport? transport,
    FailureReports reports,
    ITraceLog traces,
    Func<QueueOptions> options,
    TimeProvider clock,
    ILogger<QueueRunner> log) : IDisposable
{
    private const int BatchSize = 100;
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly QueueAttempts _attempts = new(store, delivery, router, transport, reports, traces, options, clock, log);

    /// <summary>Says that there may be something due now.</summary>
    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // It is awake already, or has stopped.
        }
    }

    /// <summary>Runs until it is told to stop; attempts under way are ended first.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Completes when it has stopped.</returns>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                int tried = await RunDueAsync(cancellationToken);
                if (tried < BatchSize)
                {
                    await SleepAsync(cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                QueueLog.RunFailed(log, e);
                await Task.Delay(LongestSleep, clock, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    /// <summary>Tries what is due now, once.</summary>
    /// <param name="cancellationToken">Stops between two entries.</param>
    /// <returns>How many entries were tried.</returns>
    public async ValueTask<int> RunDueAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<QueueEntry> due = await store.Queue.ListDueAsync(clock.GetUtcNow(), BatchSize, cancellationToken);
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, options().Parallelism), CancellationToken = cancellationToken },
            async (entry, _) => await TryAsync(entry));
        return due.Count;
    }

    /// <inheritdoc/>
    public void Dispose() => _wake.Dispose();

    // One entry's fault must not keep the others from being tried, nor come again at once.
    private async ValueTask TryAsync(QueueEntry entry)
    {
        try
        {
            await _attempts.RunAsync(entry, CancellationToken.None);
        }
        catch (Exception e)
        {
            QueueLog.AttemptFailed(log, entry.TransactionId, e);
            await _attempts.PostponeAsync(entry, e.Message);
        }
    }

    private async Task SleepAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset? next = await store.Queue.NextDueAsync(cancellationToken);
        TimeSpan pause = next is { } at ? at - clock.GetUtcNow() : LongestSleep;
        pause = pause < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : pause > LongestSleep ? LongestSleep : pause;
        await using ITimer timer = clock.CreateTimer(_ => Wake(), null, pause, Timeout.InfiniteTimeSpan);
        await _wake.WaitAsync(cancellationToken);
    }
}
