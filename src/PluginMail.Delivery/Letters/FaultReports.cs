using PluginMail.Abstractions;
using PluginMail.Filters.Evaluation;
using PluginMail.Mime;
using PluginMail.Pipeline;

namespace PluginMail.Delivery;

/// <summary>Tells an owner that his filter fails: once a day, and as mail that no filter answers.</summary>
internal sealed class FaultReports(Correspondence letters)
{
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    public async ValueTask PlanAsync(
        FilterError error, DeliveryRequest request, PlannedMailbox mailbox, DeliveryPlan plan, CancellationToken cancellationToken)
    {
        if (!await letters.TryClaimAsync(plan, mailbox, $"fault/{mailbox.Account.Id.Value}", Interval, cancellationToken))
        {
            return;
        }

        EmailAddress owner = mailbox.Account.Address;
        MessageComposer composer = letters.Begin()
            .Add("From", new HeaderAddress("Mail filter", "postmaster", letters.Hostname))
            .Add("To", Correspondence.AuthorOf(mailbox.Account))
            .Add("Subject", $"Your mail filter \"{error.Script}\" failed")
            .AddRaw("Auto-Submitted", "auto-generated");
        composer.Body = MimeContent.Text(
            $"Your mail filter \"{error.Script}\" failed at line {error.Line}:\n\n  {error.Message}\n\n"
            + "The message that it was to sort was kept. As long as the filter fails, messages are kept in INBOX; you are told so once a day.\n\n"
            + $"The message came {(request.Envelope.Sender is { } sender ? $"from <{sender}>" : "without a sender")}, transaction {request.TransactionId}.\n");
        letters.Send(plan, request, mailbox, composer.Compose(), sender: null, owner);
    }
}
