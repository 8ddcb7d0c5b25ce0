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
    private const string JunkFolder = "Junk";
    private const int MaximumMailboxes = 2000;

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

        ImmutableArray<PlannedCopy> copies = await FindFoldersAsync(request, plan, cancellationToken);
        CommitResult result = copies.IsEmpty && plan.Remote.Count == 0 && request.IdempotencyKey is null
            ? new CommitResult(IsDuplicate: false, [])
            : await store.CommitAsync(ToBatch(request, plan, copies), cancellationToken);
        if (!result.IsDuplicate)
        {
            result = await RescueAsync(request, copies, result);
            Report(request, plan, copies, result);
            plan.Settle();
        }

        ImmutableArray<SmtpReply?> replies = [.. request.Envelope.Recipients.Select(recipient => plan.ReplyFor(recipient))];
        return new DeliveryOutcome(result.IsDuplicate, AnswersForEach(request.Session) ? replies : await QueueRestAsync(request, replies));
    }

    private StoreBatch ToBatch(DeliveryRequest request, DeliveryPlan plan, ImmutableArray<PlannedCopy> copies) => new(
        [.. copies.Select(copy => ToCopy(request, copy))],
        plan.Remote.Count == 0 ? [] : [QueueEntry(request, [.. plan.Remote], holdReason: null)],
        request.IdempotencyKey);

    // LMTP and the queue take an answer for each recipient; SMTP has one for all (RFC 2033 section 4.2).
    private static bool AnswersForEach(ISessionView session) => session.Protocol is "lmtp" or "queue";

    // Where some were served, the message is accepted: the rest waits in the queue, for another try or a report.
    private async ValueTask<ImmutableArray<SmtpReply?>> QueueRestAsync(DeliveryRequest request, ImmutableArray<SmtpReply?> replies)
    {
        if (replies.All(reply => reply is null) || replies.All(reply => reply is not null))
        {
            return replies;
        }

        ImmutableArray<EmailAddress> rest = [.. request.Envelope.Recipients.Where((_, i) => replies[i] is not null)];
        await store.CommitAsync(new StoreBatch([], [QueueEntry(request, rest, holdReason: null)]), CancellationToken.None);
        foreach (EmailAddress recipient in rest)
        {
            request.Trace.Add(new Pipeline.TraceEntry("delivery", "queue", "wait", null, recipient.ToString()));
        }

        return [.. replies.Select(_ => (SmtpReply?)null)];
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
            foreach (Account account in expansion.Accounts)
            {
                plan.Link(recipient, plan.AddMailbox(account, recipient));
            }

            if (options().CanSendElsewhere && !expansion.Remote.IsEmpty)
            {
                plan.AddRemote(expansion.Remote);
            }
            else if (expansion.Accounts.IsEmpty)
            {
                plan.Fail(recipient, expansion.Remote.IsEmpty
                    ? new SmtpReply(550, new EnhancedStatusCode(5, 1, 1), $"<{recipient}>: no such mailbox here")
                    : new SmtpReply(550, new EnhancedStatusCode(5, 4, 4), $"<{recipient}>: this server delivers to its own domains only"));
            }
        }

        // Filters may add mailboxes ("move" to an address); each mailbox is served once.
        for (int i = 0; i < plan.Mailboxes.Count && i < MaximumMailboxes; i++)
        {
            await filters.RunForRecipientAsync(request, plan.Mailboxes[i], plan, cancellationToken);
        }
    }

    private async ValueTask<ImmutableArray<PlannedCopy>> FindFoldersAsync(
        DeliveryRequest request, DeliveryPlan plan, CancellationToken cancellationToken)
    {
        ImmutableArray<PlannedCopy>.Builder copies = ImmutableArray.CreateBuilder<PlannedCopy>(plan.Copies.Count);
        foreach (PlannedCopy copy in plan.Copies)
        {
            string name = copy.FolderName == Folder.Inbox && request.IsJunk && copy.IsPlainKeep ? JunkFolder : copy.FolderName;
            Folder? folder = copy.SpecialUse == SpecialUse.None
                ? await store.Mailboxes.FindFolderAsync(copy.Mailbox.Account.Id, name, cancellationToken)
                : await FindSpecialAsync(copy.Mailbox.Account.Id, copy.SpecialUse, name, cancellationToken);
            folder ??= await CreateAsync(copy.Mailbox.Account.Id, name, copy.SpecialUse, cancellationToken);
            PlannedCopy placed = copy with { Folder = folder };
            if (folder is null)
            {
                plan.FailMailbox(copy.Mailbox, new SmtpReply(550, new EnhancedStatusCode(5, 2, 1), $"<{copy.Mailbox.Account.Address}>: no such mailbox here"));
            }
            else if (!copies.Any(other => other.Folder!.Id == folder.Id))
            {
                copies.Add(placed);
            }
        }

        return copies.ToImmutable();
    }

    private async ValueTask<Folder?> FindSpecialAsync(AccountId account, SpecialUse use, string name, CancellationToken cancellationToken)
    {
        IReadOnlyList<Folder> folders = await store.Mailboxes.ListFoldersAsync(account, cancellationToken);
        return folders.FirstOrDefault(folder => folder.SpecialUse == use)
            ?? await store.Mailboxes.FindFolderAsync(account, name, cancellationToken);
    }

    // A folder that a filter names and that is missing is made; where that cannot be, the message goes to INBOX.
    private async ValueTask<Folder?> CreateAsync(AccountId account, string name, SpecialUse use, CancellationToken cancellationToken)
    {
        FolderChange change = await store.Mailboxes.CreateFolderAsync(account, new NewFolder(name, use), cancellationToken);
        if (change is FolderChange.Done)
        {
            await store.Mailboxes.SubscribeAsync(account, name, isSubscribed: true, cancellationToken);
        }

        Folder? folder = change is FolderChange.Done or FolderChange.AlreadyExists
            ? await store.Mailboxes.FindFolderAsync(account, name, cancellationToken)
            : null;
        return folder is { IsSelectable: true } ? folder : await store.Mailboxes.FindFolderAsync(account, Folder.Inbox, cancellationToken);
    }

    // A folder that was deleted between look-up and commit: the copy goes to INBOX.
    private async ValueTask<CommitResult> RescueAsync(DeliveryRequest request, ImmutableArray<PlannedCopy> copies, CommitResult result)
    {
        if (result.Copies.All(copy => copy.Status != CopyResultStatus.NoFolder))
        {
            return result;
        }

        var rescued = result.Copies.ToArray();
        for (int i = 0; i < rescued.Length; i++)
        {
            if (rescued[i].Status == CopyResultStatus.NoFolder
                && await store.Mailboxes.FindFolderAsync(copies[i].Mailbox.Account.Id, Folder.Inbox, CancellationToken.None) is { } inbox)
            {
                NewCopy copy = ToCopy(request, copies[i] with { Folder = inbox });
                rescued[i] = (await store.CommitAsync(new StoreBatch([copy], []), CancellationToken.None)).Copies[0];
            }
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
                ? OverQuota(address)
                : new SmtpReply(550, new EnhancedStatusCode(5, 2, 1), $"<{address}>: no such mailbox here");
            plan.FailMailbox(copy.Mailbox, reply);
            DeliveryLog.NotDelivered(log, request.TransactionId, address, reply.ToString());
            request.Trace.Add(new Pipeline.TraceEntry("delivery", "store", "refuse", reply.ToString(), address.ToString()));
        }
    }

    private SmtpReply OverQuota(EmailAddress address) => options().RefusesOverQuota
        ? new SmtpReply(552, new EnhancedStatusCode(5, 2, 2), $"<{address}>: the mailbox is full")
        : new SmtpReply(452, new EnhancedStatusCode(4, 2, 2), $"<{address}>: the mailbox is full");

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
