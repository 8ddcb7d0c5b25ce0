using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>Delivers judged messages: expands recipients, runs their filters, and commits the result for all of them at once.</summary>
/// <param name="router">Expands recipients.</param>
/// <param name="filters">Runs filters.</param>
/// <param name="store">Takes the result.</param>
/// <param name="options">Settings; asked anew each time.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">The log.</param>
public sealed class DeliveryService(
    RecipientRouter router, FilterRunner filters, IMailStore store, Func<DeliveryOptions> options, TimeProvider clock, ILogger<DeliveryService> log)
    : IDelivery
{
    private const int MaximumMailboxes = 5000;
    private readonly DestinationFolders _folders = new(store);

    /// <inheritdoc/>
    public async ValueTask<DeliveryOutcome> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (request.HoldReason is not null)
        {
            return await HoldAsync(request, cancellationToken);
        }

        var plan = new DeliveryPlan();
        if (!await filters.RunForSenderAsync(request, plan, cancellationToken))
        {
            await PlanAsync(request, plan, cancellationToken);
        }

        await RunFiltersAsync(request, plan, cancellationToken);
        ImmutableArray<PlannedCopy> copies = await _folders.FindAsync(plan, request.IsJunk, cancellationToken);
        CommitResult result = HasResult(request, plan, copies)
            ? await store.CommitAsync(ToBatch(request, plan, copies), cancellationToken)
            : new CommitResult(IsDuplicate: false, []);
        if (result.IsDuplicate)
        {
            return new DeliveryOutcome(IsDuplicate: true, [.. request.Envelope.Recipients.Select(_ => (SmtpReply?)null)]);
        }

        result = await RescueAsync(request, copies, result);
        Report(request, plan, copies, result);
        return new DeliveryOutcome(IsDuplicate: false, await QueueRestAsync(request, plan));
    }

    // A key that is committed without anything delivered would make the next try a duplicate of nothing.
    private static bool HasResult(DeliveryRequest request, DeliveryPlan plan, ImmutableArray<PlannedCopy> copies) =>
        !copies.IsEmpty || plan.Remote.Count > 0
        || (request.IdempotencyKey is not null
            && (request.Envelope.Recipients.IsEmpty || request.Envelope.Recipients.Any(recipient => plan.ReplyFor(recipient) is null)));

    private StoreBatch ToBatch(DeliveryRequest request, DeliveryPlan plan, ImmutableArray<PlannedCopy> copies) => new(
        [.. copies.Select(copy => ToCopy(request, copy))],
        plan.Remote.Count == 0 ? [] : [QueueEntry(request, [.. plan.Remote], holdReason: null)],
        request.IdempotencyKey);

    // LMTP and the queue take an answer for each recipient; SMTP has one for all (RFC 2033 section 4.2).
    private static bool AnswersForEach(ISessionView session) => session.Protocol is "lmtp" or "queue";

    // Where some were served, the message is accepted: the rest waits in the queue, for another try or a report.
    private async ValueTask<ImmutableArray<SmtpReply?>> QueueRestAsync(DeliveryRequest request, DeliveryPlan plan)
    {
        ImmutableArray<EmailAddress> recipients = request.Envelope.Recipients;
        ImmutableArray<SmtpReply?> replies = [.. recipients.Select(plan.ReplyFor)];
        if (!replies.IsEmpty && replies.All(reply => reply is not null))
        {
            return replies;
        }

        IEnumerable<EmailAddress> failed = AnswersForEach(request.Session) ? [] : recipients.Where((_, i) => replies[i] is not null);
        ImmutableArray<EmailAddress> rest = [.. failed.Concat(plan.LeftOut(recipients)).Distinct()];
        if (rest.IsEmpty)
        {
            return replies;
        }

        await store.CommitAsync(new StoreBatch([], [QueueEntry(request, rest, holdReason: null)]), CancellationToken.None);
        foreach (EmailAddress recipient in rest)
        {
            request.Trace.Add(new Pipeline.TraceEntry("delivery", "queue", "wait", null, recipient.ToString()));
        }

        return AnswersForEach(request.Session) ? replies : [.. replies.Select(_ => (SmtpReply?)null)];
    }

    private async ValueTask<DeliveryOutcome> HoldAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        NewQueueEntry entry = QueueEntry(request, request.Envelope.Recipients, request.HoldReason);
        CommitResult result = await store.CommitAsync(new StoreBatch([], [entry], request.IdempotencyKey), cancellationToken);
        request.Trace.Add(new Pipeline.TraceEntry("delivery", "queue", "hold", request.HoldReason));
        return new DeliveryOutcome(result.IsDuplicate, [.. request.Envelope.Recipients.Select(_ => (SmtpReply?)null)]);
    }

    private NewQueueEntry QueueEntry(DeliveryRequest request, ImmutableArray<EmailAddress> recipients, string? holdReason) => new(
        request.Message.Body,
        request.Envelope.Sender,
        recipients,
        request.Direction,
        request.TransactionId,
        clock.GetUtcNow(),
        holdReason);

    private async ValueTask PlanAsync(DeliveryRequest request, DeliveryPlan plan, CancellationToken cancellationToken)
    {
        foreach (EmailAddress recipient in request.Envelope.Recipients)
        {
            Expansion expansion = await router.ExpandAsync(recipient, cancellationToken);
            if (expansion.IsTruncated)
            {
                plan.Fail(recipient, DeliveryReplies.TooManyTargets(recipient));
                continue;
            }

            foreach (Account account in expansion.Accounts)
            {
                plan.Link(recipient, plan.AddMailbox(account, recipient));
            }

            PlanRemote(request, plan, recipient, expansion);
        }
    }

    private void PlanRemote(DeliveryRequest request, DeliveryPlan plan, EmailAddress recipient, Expansion expansion)
    {
        if (options().CanSendElsewhere)
        {
            plan.AddRemote(expansion.Remote);
        }
        else
        {
            foreach (EmailAddress remote in expansion.Remote)
            {
                SmtpReply reply = DeliveryReplies.Unroutable(remote);
                DeliveryLog.NotDelivered(log, request.TransactionId, remote, reply.ToString());
                request.Trace.Add(new Pipeline.TraceEntry("delivery", "router", "refuse", reply.ToString(), remote.ToString()));
            }
        }

        if (expansion.Accounts.IsEmpty && (expansion.Remote.IsEmpty || !options().CanSendElsewhere))
        {
            plan.Fail(recipient, expansion.Remote.IsEmpty ? DeliveryReplies.NoSuchMailbox(recipient) : DeliveryReplies.Unroutable(recipient));
        }
    }

    // Filters may add mailboxes ("move" to an address); each mailbox is served once.
    private async ValueTask RunFiltersAsync(DeliveryRequest request, DeliveryPlan plan, CancellationToken cancellationToken)
    {
        for (int i = 0; i < plan.Mailboxes.Count; i++)
        {
            if (i < MaximumMailboxes)
            {
                await filters.RunForRecipientAsync(request, plan.Mailboxes[i], plan, cancellationToken);
            }
            else
            {
                plan.FailMailbox(plan.Mailboxes[i], DeliveryReplies.TooManyTargets(plan.Mailboxes[i].Account.Address));
            }
        }

        plan.BreakCircles();
    }

    // A folder that was deleted between look-up and commit: the copy goes to INBOX.
    private async ValueTask<CommitResult> RescueAsync(DeliveryRequest request, ImmutableArray<PlannedCopy> copies, CommitResult result)
    {
        if (result.Copies.All(copy => copy.Status != CopyResultStatus.NoFolder))
        {
            return result;
        }

        var rescued = result.Copies.ToArray();
        List<(int Index, NewCopy Copy)> lost = [];
        for (int i = 0; i < rescued.Length; i++)
        {
            if (rescued[i].Status == CopyResultStatus.NoFolder
                && await _folders.FindInboxAsync(copies[i].Mailbox.Account.Id, CancellationToken.None) is { } inbox)
            {
                lost.Add((i, ToCopy(request, copies[i] with { Folder = inbox })));
            }
        }

        // Where nothing was stored, the key was not either.
        string? key = rescued.Any(copy => copy.Status == CopyResultStatus.Stored) ? null : request.IdempotencyKey;
        CommitResult second = await store.CommitAsync(new StoreBatch([.. lost.Select(copy => copy.Copy)], [], key), CancellationToken.None);
        for (int i = 0; i < lost.Count; i++)
        {
            rescued[lost[i].Index] = second.Copies[i];
        }

        return result with { Copies = rescued };
    }

    private void Report(DeliveryRequest request, DeliveryPlan plan, ImmutableArray<PlannedCopy> copies, CommitResult result)
    {
        string sender = request.Envelope.Sender?.ToString() ?? "";
        for (int i = 0; i < copies.Length; i++)
        {
            PlannedCopy copy = copies[i];
            EmailAddress address = copy.Mailbox.Account.Address;
            if (result.Copies[i].Status == CopyResultStatus.Stored)
            {
                plan.Succeed(copy.Mailbox);
                DeliveryLog.Delivered(
                    log, request.TransactionId, address, copy.Folder!.Name, result.Copies[i].Uid, request.Message.Content.Length, sender);
                request.Trace.Add(new Pipeline.TraceEntry("delivery", "store", $"folder {copy.Folder.Name}", $"uid {result.Copies[i].Uid}", address.ToString()));
                continue;
            }

            SmtpReply reply = result.Copies[i].Status == CopyResultStatus.OverQuota
                ? DeliveryReplies.OverQuota(address, options().RefusesOverQuota)
                : DeliveryReplies.NoMailbox(address);
            plan.FailMailbox(copy.Mailbox, reply);
            DeliveryLog.NotDelivered(log, request.TransactionId, address, reply.ToString());
            request.Trace.Add(new Pipeline.TraceEntry("delivery", "store", "refuse", reply.ToString(), address.ToString()));
        }
    }

    private static NewCopy ToCopy(DeliveryRequest request, PlannedCopy copy) => new(
        request.Message.Body,
        copy.Folder!.Id,
        Prefix(request.Envelope.Sender, copy.Mailbox),
        copy.IsSent ? MessageFlags.Seen : default,
        [],
        request.Trace.Started);

    // RFC 5321 section 4.4: the final delivery says where the message came from; Delivered-To names the mailbox, as field practice has it.
    private static byte[] Prefix(EmailAddress? sender, PlannedMailbox mailbox) =>
        Encoding.UTF8.GetBytes($"Return-Path: <{sender}>\r\nDelivered-To: {mailbox.Account.Address}\r\n");
}
