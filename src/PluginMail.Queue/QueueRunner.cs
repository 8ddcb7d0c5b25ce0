using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
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

    /// <summary>Says that there may be something due now.</summary>
    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
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
            async (entry, _) => await TryAsync(entry, CancellationToken.None));
        return due.Count;
    }

    /// <inheritdoc/>
    public void Dispose() => _wake.Dispose();

    private async Task SleepAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset? next = await store.Queue.NextDueAsync(cancellationToken);
        TimeSpan pause = next is { } at ? at - clock.GetUtcNow() : LongestSleep;
        pause = pause < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : pause > LongestSleep ? LongestSleep : pause;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using ITimer timer = clock.CreateTimer(_ => Wake(), null, pause, Timeout.InfiniteTimeSpan);
        await _wake.WaitAsync(limit.Token);
    }

    private async ValueTask TryAsync(QueueEntry entry, CancellationToken cancellationToken)
    {
        using MessageContent content = store.Bodies.Open(entry.Message);
        MailMessage message = MailMessage.Scan(content);
        var trace = new DecisionTrace(TransactionId.Next(clock.GetUtcNow()), entry.Queued)
        {
            Protocol = "queue",
            Sender = entry.Sender?.ToString() ?? "",
            Recipients = [.. entry.Recipients.Select(recipient => recipient.ToString())],
            Size = content.Length,
        };
        trace.Add(new TraceEntry("queue", "queue", "attempt", $"of {entry.TransactionId}"));
        var failures = new List<(EmailAddress Recipient, SmtpReply Reply)>();
        ImmutableArray<EmailAddress> remote = await SendAsync(entry, content, failures, cancellationToken);
        foreach (EmailAddress recipient in entry.Recipients.Except(remote))
        {
            if (await DeliverAsync(entry, message, recipient, trace, cancellationToken) is { } reply)
            {
                failures.Add((recipient, reply));
            }
        }

        await EndAsync(entry, message, failures, trace, cancellationToken);
    }

    private async ValueTask<ImmutableArray<EmailAddress>> SendAsync(
        QueueEntry entry, MessageContent content, List<(EmailAddress Recipient, SmtpReply Reply)> failures, CancellationToken cancellationToken)
    {
        var remote = ImmutableArray.CreateBuilder<EmailAddress>();
        if (transport is null)
        {
            return [];
        }

        foreach (EmailAddress recipient in entry.Recipients)
        {
            if (await router.ClassifyAsync(recipient, cancellationToken) == RecipientKind.Remote)
            {
                remote.Add(recipient);
            }
        }

        if (remote.Count > 0)
        {
            ImmutableArray<SmtpReply> replies = await transport.SendAsync(entry, content, remote.ToImmutable(), cancellationToken);
            for (int i = 0; i < replies.Length; i++)
            {
                if (!replies[i].IsPositive)
                {
                    failures.Add((remote[i], replies[i]));
                }
            }
        }

        return remote.ToImmutable();
    }

    // The key makes an attempt that ended before its entry was updated harmless: the copy is not stored twice.
    private async ValueTask<SmtpReply?> DeliverAsync(
        QueueEntry entry, MailMessage message, EmailAddress recipient, DecisionTrace trace, CancellationToken cancellationToken)
    {
        var request = new DeliveryRequest(
            entry.TransactionId,
            QueueSession.Instance,
            message,
            new Envelope(entry.Sender, [recipient]),
            entry.Direction,
            IsJunk: false,
            HoldReason: null,
            $"queue/{entry.Id.Value}/{recipient}",
            trace);
        try
        {
            return (await delivery.DeliverAsync(request, cancellationToken)).Recipients[0];
        }
        catch (StoreUnavailableException e)
        {
            return SmtpReply.LocalError(e.Message);
        }
    }

    private async ValueTask EndAsync(
        QueueEntry entry,
        MailMessage message,
        List<(EmailAddress Recipient, SmtpReply Reply)> failures,
        DecisionTrace trace,
        CancellationToken cancellationToken)
    {
        QueueOptions settings = options();
        bool isExpired = clock.GetUtcNow() - entry.Queued >= settings.Expiry;
        List<(EmailAddress Recipient, SmtpReply Reply)> final = failures.FindAll(failure => isExpired || !failure.Reply.IsTransient);
        string? hold = null;
        ImmutableArray<EmailAddress> remaining = [.. failures.Except(final).Select(failure => failure.Recipient)];
        if (final.Count > 0 && !await reports.ReportAsync(entry, message, final, cancellationToken))
        {
            remaining = [.. failures.Select(failure => failure.Recipient)];
            hold = $"cannot be delivered nor reported: {final[0].Reply}";
        }

        TimeSpan wait = settings.Retry[Math.Min(entry.Attempts, settings.Retry.Count - 1)];
        string? lastReply = failures.Count == 0 ? null : failures[0].Reply.ToString();
        await store.Queue.UpdateAsync(entry.Id, remaining, clock.GetUtcNow() + wait, lastReply, hold, null, cancellationToken);
        trace.Reply = remaining.IsEmpty ? "done" : hold ?? lastReply ?? "";
        traces.Append(trace);
        QueueLog.Attempt(log, entry.TransactionId, entry.Recipients.Length - failures.Count, remaining.Length, lastReply ?? "done");
    }
}
