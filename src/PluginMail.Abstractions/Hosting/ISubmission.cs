using System.Collections.Immutable;

namespace PluginMail.Abstractions;

/// <summary>Brings mail in that no client sends: collected mail, notices.</summary>
public interface ISubmission
{
    /// <summary>Takes a message over. It runs the same Message stage as any other; a refusal there holds it instead.</summary>
    /// <param name="message">The message and its envelope.</param>
    /// <param name="idempotencyKey">
    /// Committed with the mail: a second submission with the same key does nothing and answers <see cref="SubmissionResult.Duplicate"/>.
    /// Keys are the plugin's own: another plugin may use the same.
    /// </param>
    /// <param name="cancellationToken">Gives up waiting; the message may have been taken all the same, which the key makes harmless.</param>
    /// <exception cref="ArgumentException">The envelope holds what is no address (RFC 5321 section 4.1.2).</exception>
    /// <returns>How it went. Accepted, Duplicate and Held mean that the message is on disk.</returns>
    ValueTask<SubmissionResult> SubmitAsync(SubmittedMessage message, string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>Takes a message over as <see cref="SubmitAsync"/> does, and says why where it is not taken.</summary>
    /// <param name="message">The message and its envelope.</param>
    /// <param name="idempotencyKey">The key, as there.</param>
    /// <param name="cancellationToken">Gives up waiting, as there.</param>
    /// <exception cref="ArgumentException">The envelope holds what is no address (RFC 5321 section 4.1.2).</exception>
    /// <returns>How it went; without a reason where this is made by one who knows no more than the result.</returns>
    async ValueTask<SubmissionAnswer> SubmitForAnswerAsync(SubmittedMessage message, string idempotencyKey, CancellationToken cancellationToken) =>
        new(await SubmitAsync(message, idempotencyKey, cancellationToken));
}

/// <summary>How a submission went, and why.</summary>
/// <param name="Result">How it went.</param>
public sealed record SubmissionAnswer(SubmissionResult Result)
{
    /// <summary>What a client of SMTP would be told in place of a message that is not taken; null where it is taken, or where nobody says.</summary>
    public SmtpReply? Reply { get; init; }

    /// <summary>
    /// Whether it is refused because no recipient is known here: there is no such mailbox, or the address is not of this server. A mailbox that is
    /// full, or takes no mail of this sender, is known.
    /// </summary>
    public bool IsForNobodyHere { get; init; }
}

/// <summary>A message that a plugin brings in.</summary>
/// <param name="Envelope">Whom it is for and who gets its reports.</param>
/// <param name="Content">Its octets; the caller disposes them after the call.</param>
/// <param name="Direction">Which way it goes. Incoming mail is for addresses that this server serves; one that is elsewhere has it refused.</param>
public sealed record SubmittedMessage(Envelope Envelope, MessageContent Content, Direction Direction)
{
    /// <summary>
    /// The folder of each recipient's mailbox that it goes to, made where it is missing, as long as no filter says otherwise; null for INBOX. Junk goes
    /// to Junk all the same. Mail that is held forgets it.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>IMAP flags of the copy that no filter placed, system flags with their backslash; what is no flag is left out.</summary>
    public ImmutableArray<string> Flags { get; init; } = [];

    /// <summary>The copies' IMAP internal date (RFC 9051 section 2.3.3); null: now.</summary>
    public DateTimeOffset? Received { get; init; }
}

/// <summary>How a submission went.</summary>
public enum SubmissionResult
{
    /// <summary>On disk and on its way.</summary>
    Accepted,

    /// <summary>The key was used before; nothing was done.</summary>
    Duplicate,

    /// <summary>On disk, held for a person's decision.</summary>
    Held,

    /// <summary>Not taken; try later.</summary>
    Failed,

    /// <summary>Not taken, now or later: it is larger than <c>message_size</c> in mail.toml's [limits].</summary>
    TooLarge,

    /// <summary>Not taken, now or later: each of its recipients is refused for good, as one that is unknown here.</summary>
    Refused,
}
