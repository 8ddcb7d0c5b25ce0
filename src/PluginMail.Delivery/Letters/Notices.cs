using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Filters.Evaluation;
using PluginMail.Mime;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>Sends what <c>notify</c> tells by mail (RFC 5436 section 2.7), so many in an hour for one owner.</summary>
internal sealed class Notices(Correspondence letters)
{
    private const int MostAnHour = 60;

    public async ValueTask PlanAsync(
        FilterEffect.Notify notify, LetterOccasion occasion, PlannedMailbox mailbox, DeliveryPlan plan, CancellationToken cancellationToken)
    {
        ImmutableArray<EmailAddress> recipients = await ReachableAsync(notify, cancellationToken);
        string? obstacle = notify.Obstacle ?? (recipients.IsEmpty ? "its recipients cannot be reached"
            : await letters.CountAsync($"notify/{mailbox.Account.Id.Value}", TimeSpan.FromHours(1), cancellationToken) > MostAnHour
                ? $"there were {MostAnHour} in an hour"
                : null);
        occasion.Trace.Add(new TraceEntry(
            "filter", "notify", obstacle is null ? "notify" : "no notice", obstacle ?? string.Join(", ", recipients), mailbox.Account.Address.ToString()));
        if (obstacle is not null)
        {
            return;
        }

        IReadOnlyList<HeaderAddress> authors = await letters.AuthorsAsync(notify.From, mailbox, cancellationToken);
        EmailAddress? sender = occasion.Sender is null ? null
            : EmailAddress.TryParse(authors[0].Address, out EmailAddress? author) ? author : mailbox.Account.Address;
        NewBody letter = letters.Send(plan, occasion.TransactionId, mailbox, Compose(notify, authors, mailbox), sender, recipients);
        Correspondence.File(plan, mailbox, notify.Fcc, letter);
        DeliveryLog.Notified(letters.Log, occasion.TransactionId, mailbox.Account.Address, string.Join(", ", recipients));
    }

    private async ValueTask<ImmutableArray<EmailAddress>> ReachableAsync(FilterEffect.Notify notify, CancellationToken cancellationToken)
    {
        ImmutableArray<EmailAddress>.Builder recipients = ImmutableArray.CreateBuilder<EmailAddress>();
        foreach (string text in notify.To.Concat(notify.Cc))
        {
            if (EmailAddress.TryParse(text, out EmailAddress? address) && await letters.CanReachAsync(address, cancellationToken))
            {
                recipients.Add(address);
            }
        }

        return recipients.ToImmutable();
    }

    private ComposedMessage Compose(FilterEffect.Notify notify, IReadOnlyList<HeaderAddress> authors, PlannedMailbox mailbox)
    {
        MessageComposer composer = letters.Begin()
            .AddRaw("Auto-Submitted", $"auto-notified; owner-email=\"{mailbox.Account.Address}\"")
            .Add("From", authors)
            .Add("To", Addresses(notify.To));
        if (!notify.Cc.IsEmpty)
        {
            composer.Add("Cc", Addresses(notify.Cc));
        }

        composer.Add("Subject", notify.Subject);
        if (notify.Importance != "2")
        {
            composer.AddRaw("X-Priority", notify.Importance == "1" ? "1 (Highest)" : "5 (Lowest)").AddRaw("Importance", notify.Importance == "1" ? "high" : "low");
        }

        if (!notify.References.IsEmpty)
        {
            composer.AddRaw("References", string.Join(' ', notify.References));
        }

        foreach ((string name, string value) in notify.Fields)
        {
            composer.Add(name, value);
        }

        composer.Body = MimeContent.Text(notify.Body);
        return composer.Compose();
    }

    private static IEnumerable<HeaderAddress> Addresses(ImmutableArray<string> addresses) => addresses.SelectMany(address => AddressParser.Parse(address, 1));
}
