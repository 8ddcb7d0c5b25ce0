using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>
/// Tells senders what became of their mail. A report is a queue entry of its own, with the null sender; it comes into the queue in the very commit
/// that takes what it tells of out of it.
/// </summary>
internal sealed class QueueReports(
    IMailStore store,
    IRecipientRouter router,
    Destinations destinations,
    ITraceLog traces,
    Func<QueueOptions> options,
    TimeProvider clock,
    ILogger log)
{
    private readonly ReportComposer _composer = new(store.Bodies, options);

    /// <summary>Reports the recipients of an entry that failed, and those that were served and wanted to be reported.</summary>
    /// <exception cref="StoreUnavailableException">The store failed; nothing was done.</exception>
    public async ValueTask ReportAsync(QueueId id, CancellationToken cancellationToken)
    {
        if (await store.Queue.FindAsync(id, cancellationToken) is not { } entry)
        {
            return;
        }

        ImmutableArray<QueueRecipient> failed = [.. entry.Recipients.Where(to => to.Status == QueueRecipientStatus.Failed)];
        ImmutableArray<QueueRecipient> served = [.. entry.Recipients.Where(to => to.Status > QueueRecipientStatus.Failed)];
        if (failed.IsEmpty && served.IsEmpty)
        {
            return;
        }

        bool canTell = entry.Sender is not null && await IsReachableAsync(entry.Sender, cancellationToken);
        if (!failed.IsEmpty && !canTell && entry is { Sender: not null, MayReport: true })
        {
            await HoldAsync(entry, failed, served, cancellationToken);
            return;
        }

        bool mayTell = canTell && entry.MayReport;
        QueueRecipient[] told = [.. failed.Where(to => mayTell && Wants(to, DsnNotify.Failure))];
        QueueRecipient[] wished = [.. served.Where(to => mayTell && to.Notify is { } notify && notify.HasFlag(DsnNotify.Success))];
        List<NewQueueEntry> reports = [];
        DateTimeOffset now = clock.GetUtcNow();
        Add(reports, ReportKind.Failure, entry, told, now);
        Add(reports, ReportKind.Success, entry, wished, now);
        var update = new QueueUpdate(id, [.. failed.Concat(served).Select(to => new QueueRecipientUpdate(to.Number, null))])
        {
            Batch = new StoreBatch([], reports),
        };
        if (await store.Queue.UpdateAsync(update, cancellationToken) is not null)
        {
            WriteUnreported(entry, failed.Except(told));
            Write(entry, reports, told.Length > 0 ? told : wished, now);
        }
    }

    /// <summary>Tells the sender of a message that is late, once.</summary>
    /// <exception cref="StoreUnavailableException">The store failed; nothing was done.</exception>
    public async ValueTask WarnAsync(QueueId id, CancellationToken cancellationToken)
    {
        if (await store.Queue.FindAsync(id, cancellationToken) is not { IsWarned: false } entry)
        {
            return;
        }

        QueueRecipient[] late = entry.Sender is not null && entry.MayReport && await IsReachableAsync(entry.Sender, cancellationToken)
            ? [.. entry.Recipients.Where(to => to.Status == QueueRecipientStatus.Waiting && Wants(to, DsnNotify.Delay))]
            : [];
        List<NewQueueEntry> reports = [];
        DateTimeOffset now = clock.GetUtcNow();
        Add(reports, ReportKind.Delay, entry, late, now);
        if (await store.Queue.UpdateAsync(new QueueUpdate(id, []) { IsWarned = true, Batch = new StoreBatch([], reports) }, cancellationToken) is not null)
        {
            Write(entry, reports, late, now);
        }
    }

    /// <summary>Gives up the recipients of an entry that is too old and that no attempt is going to be made for.</summary>
    /// <exception cref="StoreUnavailableException">The store failed; nothing was done.</exception>
    public async ValueTask ExpireAsync(QueueId id, IReadOnlySet<string> paused, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (await store.Queue.FindAsync(id, cancellationToken) is not { } entry || entry.Queued + options().Expiry > now)
        {
            return;
        }

        var expired = ImmutableArray.CreateBuilder<QueueRecipientUpdate>();
        foreach (QueueRecipient recipient in entry.Recipients.Where(to => to.Status == QueueRecipientStatus.Waiting))
        {
            if (recipient.NextAttempt > now || paused.Contains(await destinations.OfAsync(recipient.Domain, cancellationToken)))
            {
                expired.Add(new QueueRecipientUpdate(recipient.Number, QueueRecipientStatus.Failed, now));
            }
        }

        if (expired.Count > 0 && await store.Queue.UpdateAsync(new QueueUpdate(id, expired.DrainToImmutable()), cancellationToken) is not null)
        {
            await ReportAsync(id, cancellationToken);
        }
    }

    /// <summary>Whether a report may be tried. A mailbox that is full or cannot be looked up now may be so no longer then.</summary>
    public async ValueTask<bool> IsReachableAsync(EmailAddress sender, CancellationToken cancellationToken) =>
        await router.ClassifyAsync(sender, cancellationToken) is not (RecipientKind.Unroutable or RecipientKind.Unknown);

    /// <summary>Whether a recipient's sender wants a kind of report; those who ask for nothing want those of failures and delays.</summary>
    public static bool Wants(QueueRecipient recipient, DsnNotify report) => recipient.Notify is not { } notify || notify.HasFlag(report);

    private void Add(List<NewQueueEntry> reports, ReportKind kind, QueueEntry entry, QueueRecipient[] recipients, DateTimeOffset now)
    {
        if (recipients.Length == 0)
        {
            return;
        }

        string id = TransactionId.Next(now);
        MessageContent content = _composer.Compose(kind, entry, entry.Sender!, recipients, id, now);
        reports.Add(new NewQueueEntry(
            MailMessage.Scan(content).Body, null, [entry.Sender!], entry.Direction == Direction.Outgoing ? Direction.Incoming : Direction.Outgoing, id, now, null)
        {
            RequiresTls = entry.RequiresTls, // RFC 8689 section 5
        });
    }

    // Nobody can be told: a person decides about those; the others go on being tried.
    private async ValueTask HoldAsync(
        QueueEntry entry, ImmutableArray<QueueRecipient> failed, ImmutableArray<QueueRecipient> served, CancellationToken cancellationToken)
    {
        string reply = failed[0].LastReply ?? "no attempt succeeded in time";
        DateTimeOffset now = clock.GetUtcNow();
        var update = new QueueUpdate(
            entry.Id,
            [
                .. failed.Select(to => new QueueRecipientUpdate(to.Number, QueueRecipientStatus.Held, now)),
                .. served.Select(to => new QueueRecipientUpdate(to.Number, null)),
            ])
        {
            HoldReason = $"cannot be delivered nor reported: {reply}",
        };
        if (await store.Queue.UpdateAsync(update, cancellationToken) is not null)
        {
            QueueLog.Held(log, entry.TransactionId, reply);
        }
    }

    private void WriteUnreported(QueueEntry entry, IEnumerable<QueueRecipient> recipients)
    {
        string why = entry.Sender is null ? "it is a report itself"
            : !entry.MayReport ? "the sender is not known to be genuine"
            : "the sender wants none";
        foreach (QueueRecipient recipient in recipients)
        {
            QueueLog.Unreported(log, entry.TransactionId, entry.Sender?.ToString() ?? "", recipient.ToString(), why, recipient.LastReply ?? "");
        }
    }

    private void Write(QueueEntry entry, List<NewQueueEntry> reports, QueueRecipient[] recipients, DateTimeOffset now)
    {
        if (reports.Count == 0)
        {
            return;
        }

        string about = string.Join(", ", recipients.Take(10).Select(to => to.ToString()));
        var trace = new DecisionTrace(entry.TransactionId, entry.Queued)
        {
            Protocol = "queue",
            Sender = entry.Sender!.ToString(),
            Recipients = [.. recipients.Take(100).Select(to => to.ToString())],
            Size = entry.Message.Size,
            Reply = "reported",
        };
        foreach (NewQueueEntry report in reports)
        {
            QueueLog.Reported(log, entry.TransactionId, "delivery", report.TransactionId, entry.Sender.ToString(), about);
            trace.Add(new TraceEntry("queue", "report", $"report {report.TransactionId}", $"to <{entry.Sender}> at {now:yyyy-MM-dd HH:mm:ss}Z about {about}"));
        }

        traces.Append(trace);
    }
}
