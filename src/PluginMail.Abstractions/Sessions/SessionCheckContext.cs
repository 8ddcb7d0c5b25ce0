using System.Collections.Immutable;

namespace PluginMail.Abstractions;

/// <summary>One question to a session check.</summary>
public sealed class SessionCheckContext
{
    /// <summary>Makes the question.</summary>
    /// <param name="stage">Exactly one stage.</param>
    /// <param name="session">The session.</param>
    /// <param name="sender">The reverse path; null before MAIL and for the null sender.</param>
    /// <param name="hasSender">Whether MAIL was given, so that a null <paramref name="sender"/> is the null sender.</param>
    /// <param name="recipient">The recipient of this RCPT, accepted so far or refused; null at other stages.</param>
    public SessionCheckContext(
        SessionStages stage, ISessionView session, EmailAddress? sender = null, bool hasSender = false, EmailAddress? recipient = null)
    {
        Stage = stage;
        Session = session;
        Sender = sender;
        HasSender = hasSender;
        Recipient = recipient;
    }

    /// <summary>The stage, exactly one.</summary>
    public SessionStages Stage { get; }

    /// <summary>The session.</summary>
    public ISessionView Session { get; }

    /// <summary>The reverse path (RFC 5321 section 4.1.2); null before MAIL and for the null sender.</summary>
    public EmailAddress? Sender { get; }

    /// <summary>Whether MAIL was given.</summary>
    public bool HasSender { get; }

    /// <summary>The recipient of this RCPT, accepted so far or refused; null at other stages.</summary>
    public EmailAddress? Recipient { get; }

    /// <summary>The transaction's id, as the message at its end will have it; null before MAIL.</summary>
    public string? TransactionId { get; init; }

    /// <summary>The parameters of MAIL in their order, each keyword once (SIZE, BODY, SMTPUTF8, AUTH, RET, ENVID, REQUIRETLS); from the Sender stage on.</summary>
    public ImmutableArray<EsmtpParameter> SenderParameters { get; init; } = [];

    /// <summary>The parameters of this RCPT in their order, each keyword once (NOTIFY, ORCPT); none at other stages.</summary>
    public ImmutableArray<EsmtpParameter> RecipientParameters { get; init; } = [];

    /// <summary>The whole line of a command that is not known, without its end, at most 510 octets of UTF-8 with nothing of control in it; null at other stages than UnknownCommand.</summary>
    public string? Command { get; init; }

    /// <summary>What the client is told of a recipient that was refused, the transaction's id left out; null at other stages than RefusedRecipient.</summary>
    public SmtpReply? Refusal { get; init; }
}
