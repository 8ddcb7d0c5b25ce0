using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.MailAuth;
using PluginMail.Storage;

namespace PluginMail.Pipeline;

/// <summary>Where a judged message goes. PluginMail.Delivery implements it.</summary>
public interface IDelivery
{
    /// <summary>Delivers a message to all its recipients in one commit.</summary>
    /// <param name="request">The message and what was decided about it.</param>
    /// <param name="cancellationToken">Gives up before the commit began; afterwards it is ignored.</param>
    /// <returns>What became of each recipient.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot take it now; nothing was delivered.</exception>
    ValueTask<DeliveryOutcome> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken);
}

/// <summary>Says what an address is to this server. PluginMail.Delivery implements it.</summary>
public interface IRecipientRouter
{
    /// <summary>Says what a recipient is.</summary>
    /// <param name="recipient">The address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What it is.</returns>
    ValueTask<RecipientKind> ClassifyAsync(EmailAddress recipient, CancellationToken cancellationToken);

    /// <summary>Says what a recipient is to mail of an origin: a list may take mail from its members alone, a domain only so large messages.</summary>
    /// <param name="recipient">The address.</param>
    /// <param name="origin">Whose mail it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What it is.</returns>
    ValueTask<RecipientKind> ClassifyAsync(EmailAddress recipient, MailOrigin origin, CancellationToken cancellationToken);

    /// <summary>Whether an account may send as an address: its own, or an alias that leads to it.</summary>
    /// <param name="account">The account's main address.</param>
    /// <param name="sender">The address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>True when it may.</returns>
    ValueTask<bool> OwnsAsync(EmailAddress account, EmailAddress sender, CancellationToken cancellationToken);

    /// <summary>An account's own limit of recipients within an hour.</summary>
    /// <param name="account">The account's main address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>0 where it has none of its own.</returns>
    ValueTask<int> RecipientsPerHourAsync(EmailAddress account, CancellationToken cancellationToken) => new(0);
}

/// <summary>Whose mail it is, as far as that decides who takes it.</summary>
/// <param name="Sender">The reverse path; null is the null sender.</param>
/// <param name="Login">Who logged in; null where nobody did.</param>
/// <param name="IsTrusted">Whether the client may send anywhere, by its login or its network, so that the reverse path is not forged.</param>
/// <param name="Size">Octets of the message as announced; null where they were not.</param>
public sealed record MailOrigin(EmailAddress? Sender, EmailAddress? Login, bool IsTrusted, long? Size);

/// <summary>What a recipient is to this server.</summary>
public enum RecipientKind
{
    /// <summary>A mailbox here, or an alias of one.</summary>
    Local,

    /// <summary>Of a domain that is not served here, and there is a way to send there.</summary>
    Remote,

    /// <summary>Of a domain that is not served here, and this server sends nothing elsewhere.</summary>
    Unroutable,

    /// <summary>Of a domain served here, but unknown.</summary>
    Unknown,

    /// <summary>A mailbox here that is full.</summary>
    OverQuota,

    /// <summary>An alias here that leads too far to be followed.</summary>
    Unexpandable,

    /// <summary>Of a domain served here; a directory that may know it cannot answer now.</summary>
    Unavailable,

    /// <summary>Of a domain whose mail is taken from anybody and sent on to its own hosts.</summary>
    Relayed,

    /// <summary>A list that takes no mail of this sender, or a rewritten reverse path, which takes reports alone.</summary>
    SenderNotAllowed,

    /// <summary>Of a domain that takes no message so large.</summary>
    TooLarge,
}

/// <summary>A judged message, to be delivered.</summary>
/// <param name="TransactionId">The transaction.</param>
/// <param name="Session">The session that brought it.</param>
/// <param name="Message">The message with all edits made.</param>
/// <param name="Envelope">The envelope with all effects applied.</param>
/// <param name="Direction">Which way it goes.</param>
/// <param name="IsJunk">Whether a plain delivery goes to the Junk folder.</param>
/// <param name="HoldReason">Why it is kept for a person; null where it is delivered.</param>
/// <param name="IdempotencyKey">Committed with it; null for none.</param>
/// <param name="Trace">What was decided so far, and where delivery adds its own.</param>
public sealed record DeliveryRequest(
    string TransactionId,
    ISessionView Session,
    MailMessage Message,
    Envelope Envelope,
    Direction Direction,
    bool IsJunk,
    string? HoldReason,
    string? IdempotencyKey,
    DecisionTrace Trace)
{
    private IMessageView? _view;

    /// <summary>Whether the sender may be told of what fails later; false where the sender is likely forged, as a report would hit somebody else.</summary>
    public bool MayReport { get; init; } = true;

    /// <summary>Where a copy goes that no filter places, and how it looks there; null for INBOX, without flags.</summary>
    public Filing? Filing { get; init; }

    /// <summary>How likely the message is spam, from 0 to 100, 100 being the score at which mail is refused; null where no check gave a score.</summary>
    public double? SpamPercent { get; init; }

    /// <summary>The sum of the points that checks gave.</summary>
    public double Score { get; init; }

    /// <summary>The tags that checks and editors gave.</summary>
    public ImmutableHashSet<string> Tags { get; init; } = [];

    /// <summary>What was found of who it is from, for the seal of what is sent on; null where that was not looked for.</summary>
    public AuthenticationOutcome? Origin { get; init; }

    /// <summary>
    /// Whether that was looked for when the message came, which is some time ago, and stands in it. Of other mail nobody vouches for what stands
    /// there in our name.
    /// </summary>
    public bool IsOriginRecorded { get; init; }

    /// <summary>The message as plugins see it.</summary>
    public IMessageView View => _view ??= new MessageView(TransactionId, Session, Direction, Envelope, Message, Score, Tags);
}

/// <summary>How a message is filed where no filter says otherwise.</summary>
/// <param name="Folder">The folder's name; null for INBOX.</param>
/// <param name="Flags">IMAP flags, system flags with their backslash.</param>
/// <param name="Received">The internal date of all copies; null: now.</param>
public sealed record Filing(string? Folder, ImmutableArray<string> Flags, DateTimeOffset? Received);

/// <summary>What became of a message.</summary>
/// <param name="IsDuplicate">The idempotency key was known; nothing was done.</param>
/// <param name="Recipients">For each recipient of the envelope, in its order: null where it was delivered, or why not.</param>
public sealed record DeliveryOutcome(bool IsDuplicate, ImmutableArray<SmtpReply?> Recipients);
