using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Filters.Evaluation;
using PluginMail.Mime;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>Delivers judged messages: expands recipients, runs their filters, and commits the result for all of them at once.</summary>
/// <param name="router">Expands recipients.</param>
/// <param name="filters">Runs filters.</param>
/// <param name="letters">What filters write.</param>
/// <param name="store">Takes the result.</param>
/// <param name="options">Settings; asked anew each time.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">The log.</param>
public sealed class DeliveryService(
    RecipientRouter router,
    FilterRunner filters,
    Correspondence letters,
    IMailStore store,
    Func<DeliveryOptions> options,
    TimeProvider clock,
    ILogger<DeliveryService> log)
    : IDelivery
{
    private const int MaximumMailboxes = 5000;
    private readonly DestinationFolders _folders = new(store);
    private readonly QueuedMail _queued = new(clock);
    private readonly ListPosts _posts = new(clock);
    private readonly Refusals _refusals = new(letters);
    private readonly RecipientPlanner _recipients = new(router, options, log);

    /// <summary>Seals what came from outside and is sent on elsewhere; null where nothing is sealed.</summary>
    public IForwardSealer? Sealer { get; init; }

    /// <inheritdoc/>
    public async ValueTask<DeliveryOutcome> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (request.HoldReason is not null)
        {
            return await HoldAsync(request, cancellationToken);
        }

        var plan = new DeliveryPlan();
        try
        {
            return await DeliverAsync(request, plan, cancellationToken);
        }
        catch
        {
            await letters.ReleaseAsync(plan);
            throw;
        }
    }

    private async ValueTask<DeliveryOutcome> DeliverAsync(DeliveryRequest request, DeliveryPlan plan, CancellationToken cancellationToken)
    {
        SenderOutcome sender = await filters.RunForSenderAsync(request, plan, cancellationToken);
        if (sender.IsSent)
        {
            plan.SentChanges = sender.Changes;
            await _recipients.PlanAsync(request, plan, cancellationToken);
        }
        else
        {
            plan.AnswerBySender(sender.Mailbox!, request.Envelope.Recipients);
        }

        await RunFiltersAsync(request, plan, cancellationToken);
        ImmutableArray<PlannedCopy> copies = await _folders.FindAsync(plan, request.IsJunk, request.Filing, cancellationToken);
        await _refusals.SettleAsync(request, plan, HearerOf(request.Session), cancellationToken);
        await using var messages = new EditedMessages(store.Bodies, request, Sealer);
        copies = await FormAsync(copies, messages, cancellationToken);
        plan.SentBody = plan.SentChanges.IsEmpty ? null : await messages.GetAsync(plan.SentChanges, cancellationToken);
        CommitResult result = await CommitAsync(request, plan, copies, messages, sender.IsSent, cancellationToken);
        if (result.IsDuplicate)
        {
            return new DeliveryOutcome(IsDuplicate: true, [.. request.Envelope.Recipients.Select(_ => (SmtpReply?)null)]);
        }

        DeliveryPlan.Settle(copies, Failures(copies, result.Copies));
        Report(request, copies, result);
        foreach ((ImmutableArray<EmailAddress> recipients, string reason) in plan.Held)
        {
            request.Trace.Add(new TraceEntry("delivery", "queue", "hold", reason, string.Join(", ", recipients)));
        }

        return new DeliveryOutcome(IsDuplicate: false, Replies(request, plan));
    }

    // One commit for all of it: a key that is on disk without the rest would make the next try a duplicate, and the rest would be lost.
    private async ValueTask<CommitResult> CommitAsync(
        DeliveryRequest request,
        DeliveryPlan plan,
        ImmutableArray<PlannedCopy> copies,
        EditedMessages messages,
        bool isSent,
        CancellationToken cancellationToken)
    {
        List<NewQueueEntry> entries = [];
        await SendOnAsync(request, plan, messages, entries, cancellationToken);
        await RedirectAsync(request, plan, messages, entries, cancellationToken);
        foreach (DistributionList list in plan.Lists.Where(list => !list.Members.IsEmpty))
        {
            entries.Add(await _posts.MakeAsync(request, list, plan.SentChanges, messages, cancellationToken));
            DeliveryLog.Posted(log, request.TransactionId, list.Address, request.Envelope.Sender?.ToString() ?? "", list.Members.Length);
        }

        entries.AddRange(plan.Held.Select(held => _queued.Entry(request, held.Recipients, held.Reason, plan.SentBody)));
        if (copies.IsEmpty && QueueRest(request, plan) is { } rest)
        {
            entries.Add(rest);
        }

        bool isAccepted = request.Envelope.Recipients.IsEmpty || request.Envelope.Recipients.Any(recipient => plan.ReplyFor(recipient) is null);
        entries.AddRange(plan.Letters.Where(letter => plan.MayWrite(request.Envelope.Recipients, letter.Mailbox))
            .Select(letter => copies.IsEmpty ? letter.Letter : OnlyWithCopies(request, plan, copies, letter)));

        bool hasResult = !copies.IsEmpty || entries.Count > 0 || (request.IdempotencyKey is not null && isAccepted);
        if (!hasResult)
        {
            await letters.ReleaseAsync(plan);
            return new CommitResult(IsDuplicate: false, []); // a key without anything delivered would make the next try a duplicate of nothing
        }

        // What the sender files of his own comes with the delivery, or each try would leave a copy.
        bool needsOthers = isSent && !request.Envelope.Recipients.IsEmpty && !plan.Mailboxes.Any(mailbox => mailbox.IsServed);
        var batch = new StoreBatch(
            [.. copies.Select(copy => ToCopy(request, copy, needsOthers))],
            entries,
            request.IdempotencyKey,
            copies.IsEmpty ? null : results => QueueRest(request, plan, copies, results))
        {
            RestBody = copies.IsEmpty ? null : plan.SentBody ?? request.Message.Body,
        };
        CommitResult result = await store.CommitAsync(batch, cancellationToken);
        DeliveryPlan.Settle(copies, Failures(copies, result.Copies));
        plan.Claims.RemoveAll(claim => result.IsDuplicate || plan.MayWrite(request.Envelope.Recipients, claim.Mailbox)); // they are used up
        await letters.ReleaseAsync(plan);
        return result;
    }

    // What goes to other servers as the sender sent it: one entry, and one for each other reverse path and for each domain whose seal it gets.
    private async ValueTask SendOnAsync(
        DeliveryRequest request, DeliveryPlan plan, EditedMessages messages, List<NewQueueEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var group in plan.Remote.GroupBy(remote => (remote.Sender, Domain: messages.Seals ? remote.Recipient.Domain : "")))
        {
            NewBody body = await messages.GetSealedAsync(plan.SentChanges, group.Key.Domain, cancellationToken);
            entries.Add(_queued.ForOthers(request, group, body, group.Key.Sender));
        }
    }

    // On the writer's thread: what a filter writes goes out with the copies that it writes about, or not at all.
    private NewQueueEntry OnlyWithCopies(
        DeliveryRequest request, DeliveryPlan plan, ImmutableArray<PlannedCopy> copies, (PlannedMailbox Mailbox, NewQueueEntry Letter) letter) =>
        letter.Letter with
        {
            OnlyIf = results =>
            {
                DeliveryPlan.Settle(copies, Failures(copies, results));
                return plan.MayWrite(request.Envelope.Recipients, letter.Mailbox);
            },
        };

    // Each form of the message that filters send on is an entry of its own. Delivered-To is what a redirect that leads back is known by.
    private async ValueTask RedirectAsync(
        DeliveryRequest request, DeliveryPlan plan, EditedMessages messages, List<NewQueueEntry> entries, CancellationToken cancellationToken)
    {
        var served = new HashSet<EmailAddress>(plan.Remote.Select(remote => remote.Address));
        foreach ((ImmutableArray<MessageChange> changes, ImmutableArray<PlannedRemote> recipients) in plan.Redirected)
        {
            ImmutableArray<PlannedRemote> open = [.. recipients.Where(remote => served.Add(remote.Address))];
            if (!open.IsEmpty)
            {
                entries.Add(_queued.ForOthers(request, open, await messages.GetSealedAsync(changes, open[0].Recipient.Domain, cancellationToken), open[0].Sender));
            }
        }
    }

    // Fields put above the message stand in the copy's prefix; any other change takes a body of its own.
    private static async ValueTask<ImmutableArray<PlannedCopy>> FormAsync(
        ImmutableArray<PlannedCopy> copies, EditedMessages messages, CancellationToken cancellationToken)
    {
        if (copies.All(copy => copy.Changes.IsEmpty))
        {
            return copies; // the common case
        }

        ImmutableArray<PlannedCopy>.Builder formed = ImmutableArray.CreateBuilder<PlannedCopy>(copies.Length);
        foreach (PlannedCopy copy in copies)
        {
            formed.Add(EditedMessages.AsPrefix(copy.Changes) is null
                ? copy with { Body = await messages.GetAsync(copy.Changes, cancellationToken) }
                : copy);
        }

        return formed.MoveToImmutable();
    }

    // LMTP and the queue take an answer for each recipient; SMTP has one for all (RFC 2033 section 4.2).
    private static bool AnswersForEach(ISessionView session) => HearerOf(session) == ReplyHearer.EachRecipient;

    // What a plugin brings in is there already: who sent it has gone, so that no reply reaches him.
    private static ReplyHearer HearerOf(ISessionView session) => session.Protocol switch
    {
        "lmtp" or "queue" => ReplyHearer.EachRecipient,
        "plugin" => ReplyHearer.Nobody,
        _ => ReplyHearer.Sender,
    };

    // Who is left over, once it is known what was stored. Where some were served, the message is accepted: the rest waits in the queue, for
    // another try or a report.
    private static ImmutableArray<EmailAddress> Rest(DeliveryRequest request, DeliveryPlan plan)
    {
        ImmutableArray<EmailAddress> recipients = request.Envelope.Recipients;
        if (!plan.HasFailures || (!recipients.IsEmpty && recipients.All(recipient => plan.ReplyFor(recipient) is not null)))
        {
            return [];
        }

        IEnumerable<EmailAddress> failed = AnswersForEach(request.Session) ? [] : recipients.Where(recipient => plan.ReplyFor(recipient) is not null);
        return [.. failed.Concat(plan.LeftOut(recipients)).Distinct()];
    }

    private NewQueueEntry? QueueRest(DeliveryRequest request, DeliveryPlan plan)
    {
        ImmutableArray<EmailAddress> rest = Rest(request, plan);
        ImmutableArray<NewQueueRecipient> served = [.. QueuedMail.Served(request, plan)];
        if (rest.IsEmpty && served.IsEmpty)
        {
            return null;
        }

        NewQueueEntry entry = _queued.Entry(request, rest, holdReason: null, plan.SentBody);
        return served.IsEmpty ? entry : entry with { Recipients = [.. entry.Recipients, .. served] };
    }

    // On the writer's thread, which this delivery waits for.
    private NewQueueEntry? QueueRest(
        DeliveryRequest request, DeliveryPlan plan, ImmutableArray<PlannedCopy> copies, IReadOnlyList<CopyResult> results)
    {
        DeliveryPlan.Settle(copies, Failures(copies, results));
        return QueueRest(request, plan);
    }

    private ImmutableArray<SmtpReply?> Failures(ImmutableArray<PlannedCopy> copies, IReadOnlyList<CopyResult> results) =>
        [.. copies.Select((copy, i) => Failure(copy.Mailbox.Account.Address, results[i].Status))];

    private SmtpReply? Failure(EmailAddress address, CopyResultStatus status) => status switch
    {
        CopyResultStatus.OverQuota => RecipientReplies.OverQuota(address, options().RefusesOverQuota),
        CopyResultStatus.NoFolder => RecipientReplies.MailboxGone(address),
        _ => null,
    };

    private static ImmutableArray<SmtpReply?> Replies(DeliveryRequest request, DeliveryPlan plan)
    {
        foreach (EmailAddress recipient in Rest(request, plan))
        {
            request.Trace.Add(new TraceEntry("delivery", "queue", "wait", null, recipient.ToString()));
        }

        ImmutableArray<SmtpReply?> replies = [.. request.Envelope.Recipients.Select(plan.ReplyFor)];
        bool isAccepted = replies.Any(reply => reply is null) && !AnswersForEach(request.Session);
        return isAccepted ? [.. replies.Select(_ => (SmtpReply?)null)] : replies;
    }

    private async ValueTask<DeliveryOutcome> HoldAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        IEnumerable<EmailAddress> recipients = request.Envelope.Recipients.Union(_recipients.CopiesOf(request).Select(rule => rule.To));
        NewQueueEntry entry = _queued.Entry(request, recipients, request.HoldReason);
        CommitResult result = await store.CommitAsync(new StoreBatch([], [entry], request.IdempotencyKey), cancellationToken);
        request.Trace.Add(new TraceEntry("delivery", "queue", "hold", request.HoldReason));
        return new DeliveryOutcome(result.IsDuplicate, [.. request.Envelope.Recipients.Select(_ => (SmtpReply?)null)]);
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
                plan.FailMailbox(plan.Mailboxes[i], RecipientReplies.LeadsTooFar(plan.Mailboxes[i].Account.Address));
            }
        }

        plan.BreakCircles();
    }

    private void Report(DeliveryRequest request, ImmutableArray<PlannedCopy> copies, CommitResult result)
    {
        string sender = request.Envelope.Sender?.ToString() ?? "";
        for (int i = 0; i < copies.Length; i++)
        {
            CopyResult stored = result.Copies[i];
            EmailAddress address = copies[i].Mailbox.Account.Address;
            if (Failure(address, stored.Status) is { } reply)
            {
                DeliveryLog.NotDelivered(log, request.TransactionId, address, reply.ToString());
                DeliveryMetrics.Copied(stored.Status == CopyResultStatus.OverQuota ? "over_quota" : "no_folder");
                request.Trace.Add(new TraceEntry("delivery", "store", "refuse", reply.ToString(), address.ToString()));
            }
            else if (stored.Status == CopyResultStatus.Skipped)
            {
                request.Trace.Add(new TraceEntry("delivery", "store", "drop", "nobody was served", address.ToString()));
                DeliveryMetrics.Copied("dropped");
            }
            else
            {
                string folder = stored.IsOtherwise ? Folder.Inbox : copies[i].Folder!.Name;
                DeliveryLog.Delivered(log, request.TransactionId, address, folder, stored.Uid, request.Message.Content.Length, sender);
                DeliveryMetrics.Copied("delivered");
                request.Trace.Add(new TraceEntry("delivery", "store", $"folder {folder}", $"uid {stored.Uid}", address.ToString()));
            }
        }
    }

    private static NewCopy ToCopy(DeliveryRequest request, PlannedCopy copy, bool needsOthers) => new(
        copy.Body ?? request.Message.Body,
        copy.Folder!.Id,
        copy.IsLetter ? [] : Prefix(request.Envelope.Sender, copy),
        CopyFlags.System(copy),
        CopyFlags.Keywords(copy),
        request.Filing?.Received ?? request.Trace.Started,
        Otherwise: copy.Inbox,
        OnlyWithOthers: copy.IsSent && needsOthers);

    // RFC 5321 section 4.4: the final delivery says where the message came from; Delivered-To names the mailbox, as field practice has it.
    private static byte[] Prefix(EmailAddress? sender, PlannedCopy copy)
    {
        byte[] prefix = Encoding.UTF8.GetBytes($"Return-Path: <{sender}>\r\nDelivered-To: {copy.Mailbox.Account.Address}\r\n");
        IEnumerable<MimeHeaderEdit.Append> own = copy.Mailbox.Fields.Select(field => new MimeHeaderEdit.Append(field.Name, field.Value));
        IEnumerable<MimeHeaderEdit.Append> added = copy.Body is null
            ? (EditedMessages.AsPrefix(copy.Changes) ?? []).Reverse().Select(field => new MimeHeaderEdit.Append(field.FieldName, field.Value))
            : [];
        MimeHeaderEdit[] edits = [.. own, .. added];
        if (edits.Length == 0)
        {
            return prefix;
        }

        var fields = new ArrayBufferWriter<byte>(512);
        HeaderEdits.Apply(prefix, edits, fields);
        return fields.WrittenSpan.ToArray();
    }
}
