using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Filters.Evaluation;
using PluginMail.Mime;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>
/// What filters write: replies, refusals, notices. A letter is an entry of the queue in the delivery's own commit; what must be sent once in a
/// while is claimed before, and the claim is given back where the commit fails.
/// </summary>
/// <param name="router">Says whether somebody can be reached.</param>
/// <param name="state">Remembers to whom what was sent.</param>
/// <param name="options">Settings; asked anew each time.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">The log.</param>
public sealed class Correspondence(IRecipientRouter router, IStateStores state, Func<DeliveryOptions> options, TimeProvider clock, ILogger<Correspondence> log)
{
    private static readonly byte[] Claimed = [1];
    private readonly IStateStore _state = state.For("(filters)");

    /// <summary>The server's name.</summary>
    internal string Hostname => options().Hostname;

    internal DateTimeOffset Now => clock.GetUtcNow();

    internal ILogger Log => log;

    /// <summary>Gives back what was claimed for a delivery that did not come about.</summary>
    /// <param name="plan">The delivery.</param>
    /// <returns>Completes when that is done.</returns>
    public async ValueTask ReleaseAsync(DeliveryPlan plan)
    {
        try
        {
            foreach ((_, string claim) in plan.Claims)
            {
                await _state.CompareExchangeAsync(claim, Claimed, null, TimeSpan.Zero, CancellationToken.None);
            }
        }
        catch (StoreUnavailableException e)
        {
            DeliveryLog.ClaimNotReleased(log, e.Message); // the message itself may be stored already: this is no reason to have it sent again
        }

        plan.Claims.Clear();
    }

    /// <summary>Whether a letter to an address would get there as far as this server knows.</summary>
    internal async ValueTask<bool> CanReachAsync(EmailAddress address, CancellationToken cancellationToken) =>
        await router.ClassifyAsync(address, cancellationToken) is RecipientKind.Local or RecipientKind.Remote or RecipientKind.OverQuota;

    /// <summary>Takes the right to do something once in a time.</summary>
    /// <returns>False where it was taken before.</returns>
    internal async ValueTask<bool> TryClaimAsync(DeliveryPlan plan, PlannedMailbox mailbox, string key, TimeSpan time, CancellationToken cancellationToken)
    {
        if (time <= TimeSpan.Zero)
        {
            return true;
        }

        if (!await _state.CompareExchangeAsync(key, null, Claimed, time, cancellationToken))
        {
            return false;
        }

        plan.Claims.Add((mailbox, key));
        return true;
    }

    /// <summary>Whether something was claimed and its time has not run out.</summary>
    internal async ValueTask<bool> IsClaimedAsync(string key, CancellationToken cancellationToken) => await _state.GetAsync(key, cancellationToken) is not null;

    /// <summary>Lets the time of a claim begin anew.</summary>
    internal async ValueTask RenewAsync(string key, TimeSpan time, CancellationToken cancellationToken) =>
        await _state.CompareExchangeAsync(key, Claimed, Claimed, time, cancellationToken);

    /// <summary>Counts something in a time that begins with its first.</summary>
    internal ValueTask<long> CountAsync(string key, TimeSpan time, CancellationToken cancellationToken) => _state.AddAsync(key, 1, time, cancellationToken);

    /// <summary>A key for what is too long or too open to be one itself.</summary>
    internal static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    /// <summary>A letter's first fields: Date and Message-ID.</summary>
    internal MessageComposer Begin() => new MessageComposer().Add("Date", Now).AddRaw("Message-ID", NewMessageId());

    /// <summary>A new Message-ID with its angle brackets.</summary>
    internal string NewMessageId() => $"<{TransactionId.Next(Now)}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}@{Hostname}>";

    /// <summary>The account as an author.</summary>
    internal static HeaderAddress AuthorOf(Account account) =>
        new(string.IsNullOrWhiteSpace(account.Name) ? null : account.Name, account.Address.LocalPart, account.Address.Domain);

    /// <summary>Puts a letter into the delivery's commit.</summary>
    /// <returns>Its octets.</returns>
    internal NewBody Send(
        DeliveryPlan plan, string transactionId, PlannedMailbox mailbox, ComposedMessage letter, EmailAddress? sender, params IEnumerable<EmailAddress> recipients)
    {
        var octets = new ArrayBufferWriter<byte>(2048);
        letter.WriteTo(octets);
        NewBody body = MailMessage.Scan(new MemoryContent(octets.WrittenMemory)).Body;
        plan.Letters.Add((mailbox, new NewQueueEntry(
            body,
            sender,
            [.. recipients.Select(to => new NewQueueRecipient(to))],
            Direction.Outgoing,
            transactionId, // explained together with the message that led to it
            Now,
            HoldReason: null)));
        return body;
    }

    /// <summary>Files a copy of a letter where the script asks for one (RFC 8580).</summary>
    internal static void File(DeliveryPlan plan, PlannedMailbox mailbox, FilterEffect.FileInto? folder, NewBody letter)
    {
        if (folder is not null)
        {
            plan.AddLetterCopy(PlannedCopy.To(mailbox, folder) with { Body = letter, IsLetter = true });
        }
    }

    /// <summary>The author of a letter: those the script names where the owner may write in their names, otherwise the owner.</summary>
    internal async ValueTask<IReadOnlyList<HeaderAddress>> AuthorsAsync(string? from, PlannedMailbox mailbox, CancellationToken cancellationToken)
    {
        HeaderAddress[] owner = [AuthorOf(mailbox.Account)];
        if (from is null)
        {
            return owner;
        }

        IReadOnlyList<HeaderAddress> authors = AddressParser.Parse(from, 10);
        foreach (HeaderAddress author in authors)
        {
            if (!EmailAddress.TryParse(author.Address, out EmailAddress? address) || !await router.OwnsAsync(mailbox.Account.Address, address, cancellationToken))
            {
                return owner;
            }
        }

        return authors;
    }
}
