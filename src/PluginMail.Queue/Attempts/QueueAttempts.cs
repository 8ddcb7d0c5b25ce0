using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>One attempt: the recipients of an entry in one domain are sent to, or served here.</summary>
internal sealed class QueueAttempts(
    IMailStore store, IDelivery delivery, IRecipientRouter router, IOutboundTransport? transport, TimeProvider clock, ILogger log)
{
    /// <summary>The most recipients that are tried together (RFC 5321 section 4.5.3.1.8: everybody takes a hundred).</summary>
    public const int MaximumRecipients = 100;

    /// <summary>Tries a job. A fault of anything but the queue's own rows is a reply that says so.</summary>
    /// <returns>What came of it; null where nothing is due any more.</returns>
    /// <exception cref="IOException">The entry cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was given up; the entry is as it was.</exception>
    public async ValueTask<AttemptResult?> TryAsync(QueueJob job, CancellationToken cancellationToken)
    {
        if (await store.Queue.ReadDueAsync(job.Id, job.Domain, clock.GetUtcNow(), MaximumRecipients, cancellationToken) is not { } entry)
        {
            return null;
        }

        var outcomes = new OutboundOutcome[entry.Recipients.Length];
        bool[] here = new bool[entry.Recipients.Length];
        try
        {
            using MessageContent content = store.Bodies.Open(entry.Message);
            await FindHereAsync(entry, here, cancellationToken);
            await SendAsync(entry, job.Domain, content, here, outcomes, cancellationToken);
            await DeliverAsync(entry, content, here, outcomes, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            Fill(outcomes, SmtpReply.LocalError(e.Message)); // the body cannot be read, or no copy stored
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            QueueLog.AttemptFailed(log, entry.TransactionId, e);
            Fill(outcomes, SmtpReply.LocalError(e.Message));
        }

        return new AttemptResult(entry, [.. outcomes], [.. here]);
    }

    private static void Fill(OutboundOutcome?[] outcomes, SmtpReply reply)
    {
        for (int i = 0; i < outcomes.Length; i++)
        {
            outcomes[i] ??= new OutboundOutcome(reply);
        }
    }

    private async ValueTask FindHereAsync(QueueEntry entry, bool[] here, CancellationToken cancellationToken)
    {
        for (int i = 0; i < here.Length; i++)
        {
            here[i] = transport is null || await router.ClassifyAsync(entry.Recipients[i].Address, cancellationToken) is not (RecipientKind.Remote or RecipientKind.Relayed);
        }
    }

    private async ValueTask SendAsync(
        QueueEntry entry, string domain, MessageContent content, bool[] here, OutboundOutcome[] outcomes, CancellationToken cancellationToken)
    {
        int[] remote = [.. Enumerable.Range(0, here.Length).Where(i => !here[i])];
        if (remote.Length == 0)
        {
            return;
        }

        ImmutableArray<OutboundRecipient> recipients =
            [.. remote.Select(i => entry.Recipients[i]).Select(to => new OutboundRecipient(to.Address, to.Notify, to.OriginalRecipient))];
        var message = new OutboundMessage(entry.TransactionId, domain, entry.Sender, recipients, content)
        {
            EnvelopeId = entry.EnvelopeId,
            Return = entry.Return,
            RequiresTls = entry.RequiresTls,
        };
        ImmutableArray<OutboundOutcome> sent = await transport!.SendAsync(message, cancellationToken);
        if (sent.All(outcome => outcome.Reply.IsTransient))
        {
            cancellationToken.ThrowIfCancellationRequested(); // given up rather than refused: nobody is to wait for it
        }

        for (int i = 0; i < remote.Length; i++)
        {
            outcomes[remote[i]] = i < sent.Length ? sent[i] : new OutboundOutcome(SmtpReply.LocalError("The transport gave no outcome"));
        }
    }

    // Each by itself: one recipient's fault is no other's.
    private async ValueTask DeliverAsync(
        QueueEntry entry, MessageContent content, bool[] here, OutboundOutcome[] outcomes, CancellationToken cancellationToken)
    {
        MailMessage? message = null;
        for (int i = 0; i < here.Length; i++)
        {
            if (!here[i])
            {
                continue;
            }

            message ??= MailMessage.Scan(content);
            SmtpReply? failure = await DeliverAsync(entry, message, entry.Recipients[i], cancellationToken);
            outcomes[i] = new OutboundOutcome(failure ?? new SmtpReply(250, new EnhancedStatusCode(2, 1, 5), "delivered"));
        }
    }

    // The key makes an attempt that ended before its entry was updated harmless: the copy is not stored twice.
    private async ValueTask<SmtpReply?> DeliverAsync(QueueEntry entry, MailMessage message, QueueRecipient recipient, CancellationToken cancellationToken)
    {
        var envelope = new Envelope(entry.Sender, [recipient.Address])
        {
            RequiresTls = entry.RequiresTls,
            Dsn = entry.EnvelopeId is null && entry.Return is null && recipient.Notify is null && recipient.OriginalRecipient is null
                ? null
                : new DsnParameters(
                    entry.EnvelopeId,
                    entry.Return,
                    ImmutableDictionary<EmailAddress, RecipientDsn>.Empty.Add(recipient.Address, new RecipientDsn(recipient.Notify, recipient.OriginalRecipient))),
        };
        var request = new DeliveryRequest(
            entry.TransactionId,
            QueueSession.Instance,
            message,
            envelope,
            entry.Direction,
            entry.IsJunk,
            HoldReason: null,
            $"queue/{entry.Id.Value}/{recipient.Address}",
            new DecisionTrace(entry.TransactionId, entry.Queued))
        {
            MayReport = entry.MayReport,
            SpamPercent = entry.Judgement.SpamPercent,
            Score = entry.Judgement.Score,
            Tags = entry.Judgement.Tags,
            IsOriginRecorded = entry.Judgement.IsOriginRecorded,
        };
        try
        {
            return (await delivery.DeliverAsync(request, cancellationToken)).Recipients[0];
        }
        catch (StoreUnavailableException e)
        {
            return SmtpReply.LocalError(e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            QueueLog.AttemptFailed(log, entry.TransactionId, e);
            return SmtpReply.LocalError(e.Message);
        }
    }
}
