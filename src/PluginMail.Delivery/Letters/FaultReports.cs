using PluginMail.Abstractions;
using PluginMail.Filters.Evaluation;
using PluginMail.Mime;

namespace PluginMail.Delivery;

/// <summary>Tells an owner that his filter fails: once a day, and as mail that no filter answers.</summary>
internal sealed class FaultReports(Correspondence letters)
{
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    /// <summary>What it means for a message that arrives.</summary>
    public static string OnDelivery(EmailAddress? sender) =>
        $"The message that it was to sort, which came {(sender is null ? "without a sender" : $"from <{sender}>")}, was kept. As long as the filter fails, messages are kept in INBOX.";

    /// <summary>What it means for a message that is there (RFC 6785).</summary>
    public static string OnEvent(string folder) => $"It was to run on what you did with a message in {folder}; that was done, and the message is as you left it.";

    public async ValueTask PlanAsync(
        FilterError error, string consequence, string transactionId, PlannedMailbox mailbox, DeliveryPlan plan, CancellationToken cancellationToken)
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
            $"Your mail filter \"{error.Script}\" failed at line {error.Line}:\n\n  {error.Message}\n\n{consequence} You are told so once a day.\n\n"
            + $"Transaction {transactionId}.\n");
        letters.Send(plan, transactionId, mailbox, composer.Compose(), sender: null, owner);
    }
}
