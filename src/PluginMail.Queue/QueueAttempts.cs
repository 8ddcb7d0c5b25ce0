using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>One attempt at one entry: who is elsewhere is sent to, who is here is served, and what failed for good is reported.</summary>
internal sealed class QueueAttempts(
    IMailStore store,
    IDelivery delivery,
    IRecipientRouter router,
    IOutboundTransport? transport,
    FailureReports reports,
    ITraceLog traces,
    Func<QueueOptions> options,
    TimeProvider clock,
    ILogger log)
{
    /// <summary>Tries an entry.</summary>
    /// <exception cref="IOException">The store failed; the entry is as it was.</exception>
    public async ValueTask RunAsync(QueueEntry entry, CancellationToken cancellationToken)
    {
        using MessageContent content = store.Bodies.Open(entry.Message);
        MailMessage message = MailMessage.Scan(content);
        var trace = new DecisionTrace(entry.TransactionId, entry.Queued) // explained with the transaction that brought it
        {
            Protocol = "queue",
            Sender = entry.Sender?.ToString() ?? "",
            Recipients = [.. entry.Recipients.Select(recipient => recipient.ToString())],
            Size = content.Length,
        };
        trace.Add(new TraceEntry("queue", "queue", "attempt", string.Create(CultureInfo.InvariantCulture, $"{entry.Attempts + 1} at {clock.GetUtcNow():yyyy-MM-dd HH:mm:ss}Z")));
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

        foreach (IGrouping<string, EmailAddress> domain in remote.GroupBy(recipient => recipient.Domain, StringComparer.OrdinalIgnoreCase))
        {
            EmailAddress[] together = [.. domain];
            var sent = new OutboundMessage(
                entry.TransactionId, domain.Key.ToLowerInvariant(), entry.Sender, [.. together.Select(to => new OutboundRecipient(to))], content);
            ImmutableArray<OutboundOutcome> outcomes = await transport.SendAsync(sent, cancellationToken);
            for (int i = 0; i < outcomes.Length; i++)
            {
                if (!outcomes[i].Reply.IsPositive)
                {
                    failures.Add((together[i], outcomes[i].Reply));
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
            entry.IsJunk,
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

    /// <summary>Puts an entry off whose attempt failed in a way that nobody foresaw.</summary>
    public async ValueTask PostponeAsync(QueueEntry entry, string reason)
    {
        try
        {
            await store.Queue.UpdateAsync(
                entry.Id, entry.Recipients, NextAttempt(entry), $"451 4.3.0 {reason}", holdReason: null, batch: null, CancellationToken.None);
        }
        catch (IOException e)
        {
            QueueLog.AttemptFailed(log, entry.TransactionId, e);
        }
    }

    private DateTimeOffset NextAttempt(QueueEntry entry)
    {
        IReadOnlyList<TimeSpan> waits = options().Retry;
        return clock.GetUtcNow() + waits[Math.Min(entry.Attempts, waits.Count - 1)];
    }

    private async ValueTask EndAsync(
        QueueEntry entry,
        MailMessage message,
        List<(EmailAddress Recipient, SmtpReply Reply)> failures,
        DecisionTrace trace,
        CancellationToken cancellationToken)
    {
        bool isExpired = clock.GetUtcNow() - entry.Queued >= options().Expiry;
        List<(EmailAddress Recipient, SmtpReply Reply)> final = failures.FindAll(failure => isExpired || !failure.Reply.IsTransient);
        ImmutableArray<EmailAddress> remaining = [.. failures.Except(final).Select(failure => failure.Recipient)];
        string? hold = null;
        StoreBatch? kept = null;
        if (final.Count > 0 && !await reports.ReportAsync(entry, message, final, cancellationToken))
        {
            // Nobody can be told: a person decides about those; the others go on being tried.
            string reason = $"cannot be delivered nor reported: {final[0].Reply}";
            ImmutableArray<EmailAddress> undeliverable = [.. final.Select(failure => failure.Recipient)];
            if (remaining.IsEmpty)
            {
                (remaining, hold) = (undeliverable, reason);
            }
            else
            {
                kept = new StoreBatch([], [Held(entry, message, undeliverable, reason)]);
            }
        }

        string? lastReply = failures.Count == 0 ? null : failures[0].Reply.ToString();
        await store.Queue.UpdateAsync(entry.Id, remaining, NextAttempt(entry), lastReply, hold, kept, cancellationToken);
        trace.Reply = remaining.IsEmpty ? "done" : hold ?? lastReply ?? "";
        traces.Append(trace);
        QueueLog.Attempt(log, entry.TransactionId, entry.Recipients.Length - failures.Count, remaining.Length, lastReply ?? "done");
    }

    private NewQueueEntry Held(QueueEntry entry, MailMessage message, ImmutableArray<EmailAddress> recipients, string reason) => new(
        message.Body, entry.Sender, recipients, entry.Direction, entry.TransactionId, clock.GetUtcNow(), reason, entry.IsJunk);
}
