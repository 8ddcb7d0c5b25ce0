using Microsoft.Extensions.Logging;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>
/// Runs the queue: what comes in is tried at once, what failed when it is due again, and senders are told what became of their mail. One loop
/// decides; attempts run beside it and tell it by events.
/// </summary>
public sealed class QueueRunner : IDisposable
{
    private readonly QueueLoop _loop;
    private readonly SenderReturns _returns;

    /// <summary>Makes the runner. Until it runs, nothing is tried.</summary>
    /// <param name="store">The entries.</param>
    /// <param name="delivery">Serves mailboxes here.</param>
    /// <param name="router">Says which recipients are elsewhere.</param>
    /// <param name="transport">Serves other hosts; null where this server sends nothing elsewhere.</param>
    /// <param name="traces">Where attempts are recorded.</param>
    /// <param name="options">Settings; asked anew each time.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="log">The log.</param>
    public QueueRunner(
        IMailStore store,
        IDelivery delivery,
        IRecipientRouter router,
        IOutboundTransport? transport,
        ITraceLog traces,
        Func<QueueOptions> options,
        TimeProvider clock,
        ILogger<QueueRunner> log)
    {
        var destinations = new Destinations(store.Directory, transport, options);
        var reports = new QueueReports(store, router, destinations, traces, options, clock, log);
        var work = new QueueWork(
            new QueueAttempts(store, delivery, router, transport, clock, log), new AttemptRecord(store, traces, options, clock, log), reports, clock, log);
        _loop = new QueueLoop(store, destinations, work, options, clock, log);
        _returns = new SenderReturns(store.Queue, reports, _loop, traces, clock, log);
    }

    /// <summary>Says that entries were changed from outside: what is due is looked for now.</summary>
    public void Wake() => _loop.Wake();

    /// <summary>Ends pauses of destinations and looks for what is due.</summary>
    /// <param name="domain">The pause of this domain's destination; null for all.</param>
    public void Resume(string? domain) => _loop.Resume(domain);

    /// <summary>Until when nothing is sent to a domain, because its destination is down.</summary>
    /// <param name="domain">The domain, in lower case and as A-labels.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where it is not paused.</returns>
    public ValueTask<DateTimeOffset?> PausedUntilAsync(string domain, CancellationToken cancellationToken) =>
        _loop.PausedUntilAsync(domain, cancellationToken);

    /// <summary>Whether an attempt is being made for one of an entry's recipients.</summary>
    /// <param name="id">The entry.</param>
    public bool IsActive(QueueId id) => _loop.Active.IsActive(id);

    /// <summary>Returns an entry to its sender, as a report of what failed.</summary>
    internal ValueTask<QueueReturn> ReturnAsync(QueueId id, QueueFilter filter, ReturnReason reason, CancellationToken cancellationToken) =>
        _returns.ReturnAsync(id, filter, reason, cancellationToken);

    /// <summary>Whether some destination may be paused.</summary>
    internal bool HasPauses => _loop.HasPauses;

    /// <summary>The destination that a domain's mail goes to.</summary>
    /// <param name="domain">The domain, in lower case and as A-labels.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The transport's key; empty where this server serves the domain.</returns>
    public ValueTask<string> DestinationOfAsync(string domain, CancellationToken cancellationToken) =>
        _loop.DestinationOfAsync(domain, cancellationToken);

    /// <summary>Runs until it is told to stop; attempts under way get some seconds to end.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Completes when it has stopped.</returns>
    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    /// <summary>Tries all that is due now, and what comes of it, to its end. Not while <see cref="RunAsync"/> runs.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>How many attempts were begun: one for each entry and domain.</returns>
    public ValueTask<int> RunDueAsync(CancellationToken cancellationToken) => _loop.RunDueAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _loop.Dispose();
}
