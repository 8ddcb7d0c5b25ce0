using PluginMail.Abstractions;
using PluginMail.Mime;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>Tells senders what could not be delivered (RFC 3464). Never to the null sender, and only where the sender can be reached.</summary>
/// <param name="router">Where a sender is.</param>
/// <param name="delivery">Serves mailboxes here.</param>
/// <param name="options">Settings; asked anew each time.</param>
/// <param name="clock">The clock.</param>
public sealed class FailureReports(IRecipientRouter router, IDelivery delivery, Func<QueueOptions> options, TimeProvider clock)
{
    /// <summary>Reports failures to the sender of a message.</summary>
    /// <param name="entry">The message.</param>
    /// <param name="message">Its octets; its header is shown.</param>
    /// <param name="failures">Recipients and why.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False where the sender cannot be told; a null sender needs not to be.</returns>
    public async ValueTask<bool> ReportAsync(
        QueueEntry entry, MailMessage message, IReadOnlyList<(EmailAddress Recipient, SmtpReply Reply)> failures, CancellationToken cancellationToken)
    {
        if (entry.Sender is null)
        {
            return true; // RFC 5321 section 6.1: no report about a report
        }

        if (await router.ClassifyAsync(entry.Sender, cancellationToken) != RecipientKind.Local)
        {
            return false;
        }

        DateTimeOffset now = clock.GetUtcNow();
        var content = new MemoryContent(Compose(entry, message, failures, now).ToArray());
        var trace = new DecisionTrace(TransactionId.Next(now), now) { Protocol = "bounce", Size = content.Length };
        var request = new DeliveryRequest(
            trace.TransactionId,
            QueueSession.Instance,
            MailMessage.Scan(content),
            new Envelope(null, [entry.Sender]),
            Direction.Incoming,
            IsJunk: false,
            HoldReason: null,
            $"report/{entry.Id.Value}/{failures[0].Recipient}",
            trace);
        return (await delivery.DeliverAsync(request, cancellationToken)).Recipients[0] is null;
    }

    private ComposedMessage Compose(
        QueueEntry entry, MailMessage message, IReadOnlyList<(EmailAddress Recipient, SmtpReply Reply)> failures, DateTimeOffset now)
    {
        string hostname = options().Hostname;
        string list = string.Join('\n', failures.Select(failure => $"  <{failure.Recipient}>: {failure.Reply}"));
        return new DeliveryStatusReport
        {
            From = new HeaderAddress("Mail Delivery System", "postmaster", hostname),
            To = new HeaderAddress(null, entry.Sender!.LocalPart, entry.Sender.Domain),
            Subject = "Your message could not be delivered",
            Date = now,
            MessageId = $"<{TransactionId.Next(now)}@{hostname}>",
            Text = $"This is the mail server {hostname}.\n\nYour message could not be delivered to:\n\n{list}\n\nIts header is attached.\n",
            ReportingMta = hostname,
            ArrivalDate = entry.Queued,
            Recipients = [.. failures.Select(failure =>
                new RecipientStatus(failure.Recipient.ToString(), DeliveryAction.Failed, failure.Reply.Status?.ToString() ?? "5.0.0")
                {
                    DiagnosticCode = failure.Reply.ToString(),
                })],
            Original = MimeContent.Headers(message.Header),
        }.Compose();
    }
}
