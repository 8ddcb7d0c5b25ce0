using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>
/// Returns entries to their senders as a person decides: their recipients have failed, now and for good, and are reported like all that fail
/// (<see cref="QueueReports"/>). An entry is claimed meanwhile, so that no recipient is both tried and returned.
/// </summary>
internal sealed class SenderReturns(IQueueStore queue, QueueReports reports, QueueLoop loop, ITraceLog traces, TimeProvider clock, ILogger log)
{
    /// <summary>Returns the recipients of an entry that wait or are held.</summary>
    /// <param name="id">The entry.</param>
    /// <param name="filter">Which of its recipients: the domain and the state count.</param>
    /// <param name="reason">What the sender reads.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreUnavailableException">The store failed; nothing was done.</exception>
    public async ValueTask<QueueReturn> ReturnAsync(QueueId id, QueueFilter filter, ReturnReason reason, CancellationToken cancellationToken)
    {
        if (!loop.Active.TryClaim(id))
        {
            return QueueReturn.Active;
        }

        QueueReturn result = QueueReturn.Nothing;
        try
        {
            return result = await ReturnClaimedAsync(id, filter, reason, cancellationToken);
        }
        finally
        {
            loop.Active.Free(id);
            loop.Wake(id, hasReport: result >= QueueReturn.Returned);
        }
    }

    private async ValueTask<QueueReturn> ReturnClaimedAsync(QueueId id, QueueFilter filter, ReturnReason reason, CancellationToken cancellationToken)
    {
        if (await queue.FindAsync(id, cancellationToken) is not { } entry)
        {
            return QueueReturn.Nothing;
        }

        if (entry is { Sender: { } sender, MayReport: true } && !await reports.IsReachableAsync(sender, cancellationToken))
        {
            return QueueReturn.Unreachable; // it would be held again
        }

        QueueRecipient[] returned = [.. entry.Recipients.Where(to => IsMeant(to, filter))];
        string reply = ReplyText.Write(reason.Reply);
        DateTimeOffset now = clock.GetUtcNow();
        var update = new QueueUpdate(
            id, [.. returned.Select(to => new QueueRecipientUpdate(to.Number, QueueRecipientStatus.Failed, now, reply, IsDecided: true))]);
        if (returned.Length == 0 || await queue.UpdateAsync(update, cancellationToken) is null)
        {
            return QueueReturn.Nothing;
        }

        Write(entry, returned, reply, now);
        return entry.Sender is null ? QueueReturn.NullSender
            : !entry.MayReport ? QueueReturn.DoubtfulSender
            : returned.Any(to => QueueReports.Wants(to, DsnNotify.Failure)) ? QueueReturn.Returned
            : QueueReturn.Unwanted;
    }

    private static bool IsMeant(QueueRecipient recipient, QueueFilter filter) =>
        recipient.Status is QueueRecipientStatus.Waiting or QueueRecipientStatus.Held
        && (filter.Domain is null || recipient.Domain == filter.Domain)
        && (filter.Status is null || recipient.Status == filter.Status);

    private void Write(QueueEntry entry, QueueRecipient[] returned, string reply, DateTimeOffset now)
    {
        string sender = entry.Sender?.ToString() ?? "";
        var trace = new DecisionTrace(entry.TransactionId, entry.Queued)
        {
            Protocol = "queue",
            Sender = sender,
            Recipients = [.. returned.Take(100).Select(to => to.ToString())],
            Size = entry.Message.Size,
            Reply = reply,
        };
        foreach (QueueRecipient recipient in returned)
        {
            QueueLog.Returned(log, entry.TransactionId, sender, recipient.ToString(), reply);
        }

        trace.Add(new TraceEntry("queue", "administrator", "return", $"at {now:yyyy-MM-dd HH:mm:ss}Z: {reply}"));
        traces.Append(trace);
    }
}
