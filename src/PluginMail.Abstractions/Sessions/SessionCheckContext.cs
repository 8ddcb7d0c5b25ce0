namespace PluginMail.Abstractions;

/// <summary>One question to a session check.</summary>
public sealed class SessionCheckContext
{
    /// <summary>Makes the question.</summary>
    /// <param name="stage">Exactly one stage.</param>
    /// <param name="session">The session.</param>
    /// <param name="sender">The reverse path; null before MAIL and for the null sender.</param>
    /// <param name="hasSender">Whether MAIL was given, so that a null <paramref name="sender"/> is the null sender.</param>
    /// <param name="recipient">The recipient of this RCPT; null at other stages.</param>
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

    /// <summary>The recipient of this RCPT; null at other stages.</summary>
    public EmailAddress? Recipient { get; }
}
