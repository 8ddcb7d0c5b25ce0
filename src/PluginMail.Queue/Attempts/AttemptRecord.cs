using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>Brings an attempt's result to the disk, the log and the trace.</summary>
internal sealed class AttemptRecord(IMailStore store, ITraceLog traces, Func<QueueOptions> options, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>Keeps a result. While the store takes nothing it is tried again: a message that was sent is not to be sent twice.</summary>
    /// <exception cref="OperationCanceledException">The server stops; what is not kept is tried again after the start.</exception>
    public async ValueTask<AttemptEnd> KeepAsync(AttemptResult result, CancellationToken cancellationToken)
    {
        QueueEntry entry = result.Entry;
        DateTimeOffset now = clock.GetUtcNow();
        ImmutableArray<QueueRecipientUpdate> updates = [.. result.Outcomes.Select((outcome, i) => Update(entry, i, outcome, result.Here[i], now))];
        var update = new QueueUpdate(entry.Id, updates) { History = History(result, now) };
        TimeSpan wait = TimeSpan.FromSeconds(1);
        while (true)
        {
            try
            {
                await store.Queue.UpdateAsync(update, cancellationToken);
                break;
            }
            catch (StoreUnavailableException e)
            {
                QueueLog.NotKept(log, entry.TransactionId, e.Message);
                await Task.Delay(wait, clock, cancellationToken);
                wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
            }
        }

        Write(result, updates, now);
        return new AttemptEnd(
            updates.Where(to => to.Status == QueueRecipientStatus.Waiting).Min(to => (DateTimeOffset?)to.NextAttempt),
            updates.Any(to => to.Status > QueueRecipientStatus.Held),
            entry.Recipients.Length == QueueAttempts.MaximumRecipients);
    }

    private QueueRecipientUpdate Update(QueueEntry entry, int index, OutboundOutcome outcome, bool isHere, DateTimeOffset now)
    {
        QueueRecipient recipient = entry.Recipients[index];
        string reply = ReplyText.Write(outcome.Reply);
        if (outcome.Reply.IsPositive)
        {
            // Of what is delivered here, delivery itself says so.
            bool isReported = !isHere && !outcome.IsReportingPassedOn && recipient.Notify is { } notify
                && notify.HasFlag(Abstractions.DsnNotify.Success);
            return new QueueRecipientUpdate(recipient.Number, isReported ? QueueRecipientStatus.Relayed : null, now, reply, outcome.Host);
        }

        DateTimeOffset expires = entry.Queued + options().Expiry;
        if (!outcome.Reply.IsTransient || expires <= now)
        {
            return new QueueRecipientUpdate(recipient.Number, QueueRecipientStatus.Failed, now, reply, outcome.Host);
        }

        IReadOnlyList<TimeSpan> waits = options().Retry;
        DateTimeOffset next = now + waits[Math.Min(recipient.Attempts, waits.Count - 1)];
        return new QueueRecipientUpdate(
            recipient.Number, QueueRecipientStatus.Waiting, next < expires ? next : expires, reply, outcome.Host); // one last try at the end
    }

    // One line for a domain whose recipients all met the same.
    private static ImmutableArray<QueueHistoryLine> History(AttemptResult result, DateTimeOffset now)
    {
        ImmutableArray<QueueRecipient> recipients = result.Entry.Recipients;
        bool isSame = recipients.Length > 1 && result.Outcomes.All(outcome => outcome.Reply == result.Outcomes[0].Reply);
        return isSame
            ? [new QueueHistoryLine(now, recipients[0].Domain, result.Outcomes[0].Host, ReplyText.Write(result.Outcomes[0].Reply))]
            : [.. result.Outcomes.Select((outcome, i) => new QueueHistoryLine(now, recipients[i].ToString(), outcome.Host, ReplyText.Write(outcome.Reply)))];
    }

    private void Write(AttemptResult result, ImmutableArray<QueueRecipientUpdate> updates, DateTimeOffset now)
    {
        QueueEntry entry = result.Entry;
        string sender = entry.Sender?.ToString() ?? "";
        string delay = (now - entry.Queued).TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture);
        var trace = new DecisionTrace(entry.TransactionId, entry.Queued) // explained with the transaction that brought it
        {
            Protocol = "queue",
            Sender = sender,
            Recipients = [.. entry.Recipients.Select(to => to.ToString())],
            Size = entry.Message.Size,
            Reply = result.Outcomes.FirstOrDefault(outcome => !outcome.Reply.IsPositive) is { } first ? ReplyText.Write(first.Reply) : "done",
        };
        for (int i = 0; i < updates.Length; i++)
        {
            OutboundOutcome outcome = result.Outcomes[i];
            string status = outcome.Reply.IsPositive ? "sent" : updates[i].Status == QueueRecipientStatus.Failed ? "bounced" : "deferred";
            string host = result.Here[i] ? "here" : outcome.Host ?? "none";
            string to = entry.Recipients[i].ToString();
            QueueMetrics.Attempt(result.Here[i], status, outcome.Reply, now - entry.Queued);
            QueueLog.Outcome(log, entry.TransactionId, sender, to, host, outcome.Tls ?? "none", delay, status, updates[i].LastReply!);
            trace.Add(new TraceEntry(
                "queue",
                host,
                status,
                string.Create(CultureInfo.InvariantCulture, $"attempt {entry.Recipients[i].Attempts + 1} at {now:yyyy-MM-dd HH:mm:ss}Z, tls {outcome.Tls ?? "none"}: {updates[i].LastReply}"),
                to));
        }

        traces.Append(trace);
    }
}
