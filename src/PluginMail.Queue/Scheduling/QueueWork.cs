using Microsoft.Extensions.Logging;
using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>What runs beside the loop. Nothing here throws; each piece of work ends with its event.</summary>
internal sealed class QueueWork(QueueAttempts attempts, AttemptRecord record, QueueReports reports, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromMinutes(1);

    /// <summary>Makes an attempt.</summary>
    /// <param name="job">At what.</param>
    /// <param name="tell">Gets the events: sent, then ended.</param>
    /// <param name="giveUp">Gives up sending.</param>
    /// <param name="stop">Gives up keeping the result.</param>
    public async Task TryAsync(QueueJob job, Action<QueueEvent> tell, CancellationToken giveUp, CancellationToken stop)
    {
        AttemptResult? result = null;
        AttemptEnd end = AttemptEnd.Nothing;
        try
        {
            result = await attempts.TryAsync(job, giveUp);
        }
        catch (OperationCanceledException)
        {
            // It is tried again after the next start.
        }
        catch (Exception e)
        {
            QueueLog.RunFailed(log, e);
            end = AttemptEnd.Nothing with { Next = clock.GetUtcNow() + AfterFault };
        }

        tell(new QueueEvent.Sent(job, result?.Health ?? DestinationHealth.Unknown));
        try
        {
            end = result is null ? end : await record.KeepAsync(result, stop);
        }
        catch (OperationCanceledException)
        {
            // The server stops while the store takes nothing.
        }
        catch (Exception e)
        {
            QueueLog.AttemptFailed(log, result!.Entry.TransactionId, e);
            end = AttemptEnd.Nothing with { Next = clock.GetUtcNow() + AfterFault };
        }

        tell(new QueueEvent.Ended(job, end));
    }

    /// <summary>Reports what an entry's recipients have come to.</summary>
    public Task ReportAsync(QueueId id, Action<QueueEvent> tell, CancellationToken stop) =>
        RunAsync(id, () => reports.ReportAsync(id, stop), tell);

    /// <summary>Tells a sender that a message is late.</summary>
    public Task WarnAsync(QueueId id, Action<QueueEvent> tell, CancellationToken stop) =>
        RunAsync(id, () => reports.WarnAsync(id, stop), tell);

    /// <summary>Gives up the recipients of an old entry that no attempt is going to be made for.</summary>
    public Task ExpireAsync(QueueId id, IReadOnlySet<string> paused, Action<QueueEvent> tell, CancellationToken stop) =>
        RunAsync(id, () => reports.ExpireAsync(id, paused, stop), tell);

    private async Task RunAsync(QueueId id, Func<ValueTask> work, Action<QueueEvent> tell)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            QueueLog.ReportFailed(log, id.Value, e);
        }
        catch (OperationCanceledException)
        {
            // The server stops; it is done after the next start.
        }

        tell(new QueueEvent.Reported(id));
    }
}

/// <summary>What the loop is told.</summary>
internal abstract record QueueEvent
{
    /// <summary>Something came into the queue.</summary>
    public sealed record Arrived(QueueArrival Arrival) : QueueEvent;

    /// <summary>An attempt is over; its result is not on disk yet.</summary>
    public sealed record Sent(QueueJob Job, DestinationHealth Health) : QueueEvent;

    /// <summary>An attempt's result is on disk.</summary>
    public sealed record Ended(QueueJob Job, AttemptEnd End) : QueueEvent;

    /// <summary>A report is made, or cannot be made now.</summary>
    public sealed record Reported(QueueId Id) : QueueEvent;

    /// <summary>Pauses end.</summary>
    public sealed record Resumed(string? Domain) : QueueEvent;

    /// <summary>A person's claim on an entry ended; there may be something to report.</summary>
    public sealed record Freed(QueueId Id, bool HasReport) : QueueEvent;

    /// <summary>A time has come.</summary>
    public sealed record Tick : QueueEvent
    {
        public static readonly Tick Instance = new();
    }

    /// <summary>What is due is to be looked for.</summary>
    public sealed record Looked : QueueEvent
    {
        public static readonly Looked Instance = new();
    }
}
