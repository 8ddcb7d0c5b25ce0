using PluginMail.Abstractions;
using PluginMail.Filters.Evaluation;
using PluginMail.Mime;
using PluginMail.Pipeline;

namespace PluginMail.Delivery;

/// <summary>
/// Decides how a filter's refusal is said (RFC 5429 section 2): in the session's reply where that speaks for all recipients, in a report to the
/// sender otherwise. Nobody gets a report about spam, about a report, or where he cannot be reached.
/// </summary>
internal sealed class Refusals(Correspondence letters)
{
    /// <summary>Settles all refusals of a plan whose other copies are planned.</summary>
    /// <param name="request">The message.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="hearer">Whom the session's replies reach.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask SettleAsync(DeliveryRequest request, DeliveryPlan plan, ReplyHearer hearer, CancellationToken cancellationToken)
    {
        List<PlannedMailbox> refusing = [.. plan.Mailboxes.Where(mailbox => mailbox.Rejection is not null)];
        if (refusing.Count == 0)
        {
            return; // the common case
        }

        // Asked for all of them first: each that is reported counts as served from then on.
        List<PlannedMailbox> unsayable = refusing.FindAll(mailbox => !CanReply(mailbox, request, plan, hearer));
        if (unsayable.Count > 0 && hearer != ReplyHearer.EachRecipient)
        {
            unsayable = refusing; // the message is accepted, so the reply refuses it to nobody
        }

        foreach (PlannedMailbox mailbox in unsayable)
        {
            await ReportAsync(mailbox, request, plan, cancellationToken);
        }

        foreach (PlannedMailbox mailbox in refusing.Except(unsayable))
        {
            Trace(request, mailbox, "refuse", mailbox.Refusal!.ToString());
        }
    }

    private static bool CanReply(PlannedMailbox mailbox, DeliveryRequest request, DeliveryPlan plan, ReplyHearer hearer)
    {
        FilterEffect.Reject rejection = mailbox.Rejection!;
        if (hearer == ReplyHearer.Nobody || (!rejection.PrefersReply && !RefusalText.IsSayable(rejection.Reason)))
        {
            return false;
        }

        List<EmailAddress> concerned = [.. request.Envelope.Recipients.Where(recipient => plan.LeadsTo(recipient, mailbox))];
        return concerned.Count > 0 && (hearer == ReplyHearer.EachRecipient ? concerned : [.. request.Envelope.Recipients]).TrueForAll(plan.IsRefused);
    }

    private async ValueTask ReportAsync(PlannedMailbox mailbox, DeliveryRequest request, DeliveryPlan plan, CancellationToken cancellationToken)
    {
        FilterEffect.Reject rejection = mailbox.Rejection!;
        string? obstacle = request.Envelope.Sender is not { } sender ? "it came with the null sender"
            : request.IsJunk ? "it is spam"
            : !request.MayReport ? "its sender is likely forged"
            : !await letters.CanReachAsync(sender, cancellationToken) ? "its sender cannot be reached"
            : null;
        if (obstacle is null)
        {
            letters.Send(plan, request.TransactionId, mailbox, Compose(rejection, mailbox, request), sender: null, request.Envelope.Sender!);
            Trace(request, mailbox, "report", $"to <{request.Envelope.Sender}>");
        }
        else
        {
            DeliveryLog.RefusalNotReported(letters.Log, request.TransactionId, mailbox.Account.Address, obstacle);
            Trace(request, mailbox, "no report", obstacle);
        }

        plan.AcceptRefused(mailbox);
    }

    private ComposedMessage Compose(FilterEffect.Reject rejection, PlannedMailbox mailbox, DeliveryRequest request)
    {
        EmailAddress sender = request.Envelope.Sender!;
        var to = new HeaderAddress(null, sender.LocalPart, sender.Domain);
        string text = $"Your message was refused by the recipient's mail filtering program.\nThe reason given is as follows:\n\n{rejection.Reason.ReplaceLineEndings("\n").TrimEnd()}\n";
        string owner = mailbox.Account.Address.ToString();
        string? original = mailbox.Recipient.Equals(mailbox.Account.Address) ? null : mailbox.Recipient.ToString();
        return rejection.PrefersReply
            ? new DeliveryStatusReport
            {
                From = new HeaderAddress("Mail Delivery System", "postmaster", letters.Hostname),
                To = to,
                Subject = "Your message was refused",
                Date = letters.Now,
                MessageId = letters.NewMessageId(),
                Text = text,
                ReportingMta = letters.Hostname,
                ArrivalDate = request.Trace.Started,
                Recipients =
                [
                    new RecipientStatus(owner, DeliveryAction.Failed, "5.7.1")
                    {
                        OriginalRecipient = original,
                        DiagnosticCode = RefusalText.Reply(rejection.Reason).ToString(),
                    },
                ],
                Original = MimeContent.Headers(request.Message.Header),
            }.Compose()
            : new DispositionReport
            {
                From = Correspondence.AuthorOf(mailbox.Account),
                To = to,
                Subject = "Your message was refused",
                Date = letters.Now,
                MessageId = letters.NewMessageId(),
                Text = text,
                ReportingHost = $"{letters.Hostname}; PluginMail",
                FinalRecipient = owner,
                OriginalRecipient = original,
                OriginalMessageId = OriginalIdOf(request),
                Disposition = "automatic-action/MDN-sent-automatically; deleted",
                Original = MimeContent.Headers(request.Message.Header),
            }.Compose();
    }

    private static string? OriginalIdOf(DeliveryRequest request) =>
        new HeaderBlock(request.Message.Header.Span).TryFind("Message-ID"u8, out HeaderField field)
            && HeaderText.Unfold(field.RawValue).Trim() is { Length: > 2 and < 400 } id
            && id[0] == '<' && id[^1] == '>' && !id.AsSpan().ContainsAnyInRange('\0', ' ')
                ? id
                : null;

    private static void Trace(DeliveryRequest request, PlannedMailbox mailbox, string decision, string detail) =>
        request.Trace.Add(new TraceEntry("filter", mailbox.Rejection!.PrefersReply ? "ereject" : "reject", decision, detail, mailbox.Account.Address.ToString()));
}

/// <summary>Whom a session's replies reach.</summary>
internal enum ReplyHearer
{
    /// <summary>The sender, by one reply for all recipients (RFC 5321).</summary>
    Sender,

    /// <summary>The sender, by a reply for each recipient (RFC 2033 section 4.2), or the queue.</summary>
    EachRecipient,

    /// <summary>Nobody who has to do with the sender: a plugin brings in what has been accepted elsewhere.</summary>
    Nobody,
}
