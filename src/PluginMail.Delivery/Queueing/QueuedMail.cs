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
    public NewQueueEntry Entry(DeliveryRequest request, IEnumerable<EmailAddress> recipients, string? holdReason, NewBody? body = null) =>
        Entry(request, [.. recipients.Select(to => Recipient(request, to))], holdReason, body);

    /// <summary>An entry.</summary>
    public NewQueueEntry Entry(DeliveryRequest request, ImmutableArray<NewQueueRecipient> recipients, string? holdReason, NewBody? body = null) => new(
        body ?? request.Message.Body,
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
        Judgement = JudgementOf(request),
    };

    /// <summary>What checks found, for filters that run later.</summary>
    public static QueuedJudgement JudgementOf(DeliveryRequest request) => new(request.SpamPercent, request.Score, request.Tags)
    {
        IsOriginRecorded = request.IsOriginRecorded || request.Origin is not null,
    };

    /// <summary>An entry for other servers.</summary>
    /// <param name="request">The delivery.</param>
    /// <param name="recipients">At least one.</param>
    /// <param name="body">What goes there; null where it is the message as it came.</param>
    /// <param name="sender">The reverse path; null is the null sender.</param>
    /// <returns>The entry.</returns>
    public NewQueueEntry ForOthers(DeliveryRequest request, IEnumerable<PlannedRemote> recipients, NewBody? body, EmailAddress? sender) =>
        Entry(request, [.. recipients.Select(remote => Recipient(request, remote))], holdReason: null, body) with
        {
            Sender = sender,
            Priority = IsBulk(request.Message) ? BulkPriority : 0,
        };

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
        DsnNotify? notify = remote.IsOneOfSeveral || remote.IsPassedOn ? dsn.Notify & ~DsnNotify.Success : dsn.Notify;
        return new NewQueueRecipient(remote.Address, notify, dsn.OriginalRecipient);
    }

    private static bool IsBulk(MailMessage message) =>
        new HeaderBlock(message.Header.Span).TryFind("Precedence"u8, out HeaderField field)
        && System.Text.Encoding.ASCII.GetString(field.RawValue).Trim().ToLowerInvariant() is "bulk" or "list" or "junk";
}
