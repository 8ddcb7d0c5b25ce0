using System.Text;
using PluginMail.Abstractions;
using PluginMail.Filters.Evaluation;
using PluginMail.Mime;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>Sends what <c>vacation</c> answers (RFC 5230 section 5), once in its interval to one sender.</summary>
internal sealed class VacationReplies(Correspondence letters)
{
    public async ValueTask PlanAsync(
        FilterEffect.Vacation vacation, DeliveryRequest request, PlannedMailbox mailbox, DeliveryPlan plan, CancellationToken cancellationToken)
    {
        string? obstacle = await ObstacleAsync(vacation, mailbox, plan, cancellationToken);
        request.Trace.Add(new TraceEntry(
            "filter", "vacation", obstacle is null ? "reply" : "no reply", obstacle ?? $"to <{vacation.Recipient}>", mailbox.Account.Address.ToString()));
        if (obstacle is not null || !EmailAddress.TryParse(vacation.Recipient, out EmailAddress? recipient))
        {
            return;
        }

        NewBody letter = letters.Send(plan, request.TransactionId, mailbox, await ComposeAsync(vacation, recipient, mailbox, cancellationToken), sender: null, recipient);
        Correspondence.File(plan, mailbox, vacation.Fcc, letter);
        DeliveryLog.Answered(letters.Log, request.TransactionId, mailbox.Account.Address, vacation.Recipient);
    }

    private async ValueTask<string?> ObstacleAsync(
        FilterEffect.Vacation vacation, PlannedMailbox mailbox, DeliveryPlan plan, CancellationToken cancellationToken)
    {
        if (vacation.Obstacle is { } obstacle)
        {
            return obstacle;
        }

        if (!EmailAddress.TryParse(vacation.Recipient, out EmailAddress? recipient) || !await letters.CanReachAsync(recipient, cancellationToken))
        {
            return "its sender cannot be reached";
        }

        string key = $"vacation/{mailbox.Account.Id.Value}/{vacation.Handle}/{Correspondence.Digest(vacation.Recipient.ToLowerInvariant())}";
        return await letters.TryClaimAsync(plan, mailbox, key, vacation.Interval, cancellationToken) ? null : "its sender has been answered already";
    }

    private async ValueTask<ComposedMessage> ComposeAsync(
        FilterEffect.Vacation vacation, EmailAddress recipient, PlannedMailbox mailbox, CancellationToken cancellationToken)
    {
        MessageComposer composer = letters.Begin()
            .Add("From", await letters.AuthorsAsync(vacation.From, mailbox, cancellationToken))
            .Add("To", new HeaderAddress(null, recipient.LocalPart, recipient.Domain))
            .Add("Subject", vacation.Subject)
            .AddRaw("Auto-Submitted", "auto-replied")
            .AddRaw("Precedence", "bulk"); // older responders know no other way
        if (vacation.InReplyTo is { } message)
        {
            composer.AddRaw("In-Reply-To", message).AddRaw("References", string.Join(' ', vacation.References));
        }

        composer.Body = vacation.IsMime ? MimeContent.Entity(Encoding.UTF8.GetBytes(vacation.Text)) : MimeContent.Text(vacation.Text);
        return composer.Compose();
    }
}
