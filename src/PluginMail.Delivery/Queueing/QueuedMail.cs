using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Mime;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>Makes the queue entries of a delivery: for other servers, for another try, for a person, for a report.</summary>
internal sealed class QueuedMail(TimeProvider clock)
{
    /// <summary>The priority of what goes to many: it lets other mail go first.</summary>
    public const int BulkPriority = 10;

    /// <summary>An entry of recipients as the envelope has them.</summary>
    public NewQueueEntry Entry(DeliveryRequest request, IEnumerable<EmailAddress> recipients, string? holdReason) =>
        Entry(request, [.. recipients.Select(to => Recipient(request, to))], holdReason);

    /// <summary>An entry.</summary>
    public NewQueueEntry Entry(DeliveryRequest request, ImmutableArray<NewQueueRecipient> recipients, string? holdReason) => new(
        request.Message.Body,
        request.Envelope.Sender,
        recipients,
        request.Direction,
        request.TransactionId,
        clock.GetUtcNow(),
        holdReason,
        request.IsJunk)
    {
        Source = request.Session.Authenticated?.ToString() ?? request.Session.RemoteEndPoint?.Address.ToString() ?? "",
        EnvelopeId = request.Envelope.Dsn?.EnvelopeId,
        Return = request.Envelope.Dsn?.Return,
        RequiresTls = request.Envelope.RequiresTls,
        MayReport = request.MayReport,
    };

    /// <summary>What goes to other servers: one entry for all that is sent as it is, one for all that is forwarded, and one for each mailbox that passes the message on.</summary>
    public IEnumerable<NewQueueEntry> ForOthers(DeliveryRequest request, DeliveryPlan plan)
    {
        int priority = IsBulk(request.Message) ? BulkPriority : 0;
        foreach (IGrouping<(PlannedMailbox? PassedOnBy, EmailAddress? Sender), PlannedRemote> group
            in plan.Remote.GroupBy(remote => (remote.PassedOnBy, remote.Sender)))
        {
            NewQueueEntry entry = Entry(request, [.. group.Select(remote => Recipient(request, remote))], holdReason: null) with
            {
                Sender = group.Key.Sender,
                Priority = priority,
            };
            yield return group.Key.PassedOnBy is { } mailbox ? entry with { Body = PassingOn.By(request.Message, mailbox.Account.Address).Body } : entry;
        }
    }

    /// <summary>The recipients that were served here and whose sender wants to be told (RFC 3461 section 5.2.3).</summary>
    public static IEnumerable<NewQueueRecipient> Served(DeliveryRequest request, DeliveryPlan plan)
    {
        if (request.Envelope is not { Dsn: { } dsn, Sender: not null })
        {
            return []; // the common case
        }

        return request.Envelope.Recipients
            .Where(to => dsn.For(to).Notify is { } notify && notify.HasFlag(DsnNotify.Success) && !plan.IsSentOn(to) && plan.ReplyFor(to) is null)
            .Select(to => Recipient(request, to) with
            {
                Status = plan.IsExpanded(to) ? QueueRecipientStatus.Expanded : QueueRecipientStatus.Delivered,
                LastReply = "250 2.1.5 delivered",
            });
    }

    private static NewQueueRecipient Recipient(DeliveryRequest request, EmailAddress address)
    {
        RecipientDsn dsn = request.Envelope.Dsn?.For(address) ?? RecipientDsn.None;
        return new NewQueueRecipient(address, dsn.Notify, dsn.OriginalRecipient);
    }

    // RFC 3461 section 5.2.7: of a recipient that stands for several, and of a mailbox that passes on, this server itself says "delivered".
    private static NewQueueRecipient Recipient(DeliveryRequest request, PlannedRemote remote)
    {
        RecipientDsn dsn = request.Envelope.Dsn?.For(remote.Recipient) ?? RecipientDsn.None;
        DsnNotify? notify = remote.IsOneOfSeveral || remote.PassedOnBy is not null ? dsn.Notify & ~DsnNotify.Success : dsn.Notify;
        return new NewQueueRecipient(remote.Address, notify, dsn.OriginalRecipient);
    }

    private static bool IsBulk(MailMessage message) =>
        new HeaderBlock(message.Header.Span).TryFind("Precedence"u8, out HeaderField field)
        && System.Text.Encoding.ASCII.GetString(field.RawValue).Trim().ToLowerInvariant() is "bulk" or "list" or "junk";
}
