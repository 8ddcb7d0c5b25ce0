using System.Collections.Immutable;
using PluginMail.Filters.Evaluation;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>What filters see beside the message: the mailbox's folders, the place where they run, what earlier messages left behind.</summary>
/// <param name="mailboxes">The folders.</param>
/// <param name="letters">Remembers what was seen.</param>
/// <param name="clock">The clock.</param>
public sealed class FilterContexts(IMailboxStore mailboxes, Correspondence letters, TimeProvider clock)
{
    /// <summary>The context of one mailbox.</summary>
    /// <param name="request">The message.</param>
    /// <param name="mailbox">The mailbox.</param>
    /// <returns>The context.</returns>
    public FilterContext Of(DeliveryRequest request, PlannedMailbox mailbox)
    {
        string host = letters.Hostname;
        ImmutableDictionary<string, string>.Builder environment = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        environment["host"] = host;
        environment["domain"] = host[(host.IndexOf('.', StringComparison.Ordinal) + 1)..];
        environment["remote-host"] = ""; // a client's name is what it claims; nobody has looked it up
        environment["remote-ip"] = request.Session.RemoteEndPoint?.Address.ToString() ?? "";
        environment["vnd.dovecot.username"] = mailbox.Account.Address.ToString();
        environment["vnd.dovecot.default-mailbox"] = Folder.Inbox;
        return new FilterContext
        {
            Host = new MailboxHost(mailboxes, letters, mailbox.Account.Id),
            Environment = environment.ToImmutable(),
            Clock = clock,
            SpamPercent = request.SpamPercent,
        };
    }

    /// <summary>Remembers what the test duplicate marked (RFC 7352 3.2); forgotten again where the delivery does not come about.</summary>
    /// <param name="result">What the filter decided.</param>
    /// <param name="mailbox">The mailbox.</param>
    /// <param name="plan">The delivery.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Completes when that is done.</returns>
    public async ValueTask RememberAsync(FilterResult result, PlannedMailbox mailbox, DeliveryPlan plan, CancellationToken cancellationToken)
    {
        foreach (DuplicateMark mark in result.DuplicateMarks)
        {
            string key = MailboxHost.KeyOf(mailbox.Account.Id, mark);
            if (!await letters.TryClaimAsync(plan, mailbox, key, mark.Lifetime, cancellationToken) && mark.FromLast)
            {
                await letters.RenewAsync(key, mark.Lifetime, cancellationToken);
            }
        }
    }

    private sealed class MailboxHost(IMailboxStore mailboxes, Correspondence letters, AccountId account) : IFilterHost
    {
        public static string KeyOf(AccountId account, DuplicateMark mark) =>
            $"duplicate/{account.Value}/{Correspondence.Digest($"{mark.Handle}\0{mark.UniqueId}")}";

        public async ValueTask<bool> MailboxExistsAsync(string mailbox, CancellationToken cancellation) =>
            await mailboxes.FindFolderAsync(account, mailbox, cancellation) is { IsSelectable: true };

        public async ValueTask<bool> SpecialUseExistsAsync(string? mailbox, string specialUse, CancellationToken cancellation)
        {
            if (!specialUse.StartsWith('\\') || !Enum.TryParse(specialUse.AsSpan(1), ignoreCase: true, out SpecialUse use) || use == SpecialUse.None)
            {
                return false;
            }

            return mailbox is not null
                ? (await mailboxes.FindFolderAsync(account, mailbox, cancellation))?.SpecialUse == use
                : (await mailboxes.ListFoldersAsync(account, cancellation)).Any(folder => folder.SpecialUse == use);
        }

        public ValueTask<bool> IsDuplicateAsync(DuplicateMark mark, CancellationToken cancellation) => letters.IsClaimedAsync(KeyOf(account, mark), cancellation);
    }
}
