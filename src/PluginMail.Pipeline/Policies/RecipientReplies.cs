using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>Why a recipient is not served, in RFC 3463's codes: the same words at RCPT and after the message.</summary>
public static class RecipientReplies
{
    /// <summary>The domain is served here, the address leads nowhere (X.1.1).</summary>
    /// <param name="recipient">The address.</param>
    /// <returns>A 550.</returns>
    public static SmtpReply NoSuchMailbox(EmailAddress recipient) =>
        new(550, new EnhancedStatusCode(5, 1, 1), $"<{recipient}>: no such mailbox here");

    /// <summary>Whether a reply says that the address leads nowhere.</summary>
    /// <param name="reply">The reply.</param>
    /// <returns>True for <see cref="NoSuchMailbox"/>.</returns>
    public static bool IsNoSuchMailbox(SmtpReply reply) => reply is { Code: 550, Status: { Class: 5, Subject: 1, Detail: 1 } };

    /// <summary>The mailbox went away after it was found (X.2.1).</summary>
    /// <param name="recipient">The mailbox's address.</param>
    /// <returns>A 550.</returns>
    public static SmtpReply MailboxGone(EmailAddress recipient) =>
        new(550, new EnhancedStatusCode(5, 2, 1), $"<{recipient}>: no such mailbox here");

    /// <summary>The mailbox is full (X.2.2).</summary>
    /// <param name="recipient">The mailbox's address.</param>
    /// <param name="refuses">Whether that is for good.</param>
    /// <returns>A 552 or 452.</returns>
    public static SmtpReply OverQuota(EmailAddress recipient, bool refuses) => refuses
        ? new SmtpReply(552, new EnhancedStatusCode(5, 2, 2), $"<{recipient}>: the mailbox is full")
        : new SmtpReply(452, new EnhancedStatusCode(4, 2, 2), $"<{recipient}>: the mailbox is full");

    /// <summary>The address is elsewhere, and this server sends nothing there (X.4.4).</summary>
    /// <param name="recipient">The address.</param>
    /// <returns>A 550.</returns>
    public static SmtpReply Unroutable(EmailAddress recipient) =>
        new(550, new EnhancedStatusCode(5, 4, 4), $"<{recipient}>: this server delivers to its own domains only");

    /// <summary>Aliases lead too far to be followed, or to more mailboxes than one message may have (X.3.5).</summary>
    /// <param name="recipient">The address.</param>
    /// <returns>A 451.</returns>
    public static SmtpReply LeadsTooFar(EmailAddress recipient) =>
        new(451, new EnhancedStatusCode(4, 3, 5), $"<{recipient}>: leads too far; some of those behind it cannot be served now");

    /// <summary>The address takes no mail of this sender (X.7.1).</summary>
    /// <param name="recipient">The address.</param>
    /// <param name="sender">The reverse path; null is the null sender.</param>
    /// <returns>A 550.</returns>
    public static SmtpReply SenderNotAllowed(EmailAddress recipient, EmailAddress? sender) =>
        new(550, new EnhancedStatusCode(5, 7, 1), $"<{recipient}>: takes no mail from <{sender}>");

    /// <summary>The domain takes no message so large (X.3.4).</summary>
    /// <param name="recipient">The address.</param>
    /// <returns>A 552.</returns>
    public static SmtpReply TooLarge(EmailAddress recipient) =>
        new(552, new EnhancedStatusCode(5, 3, 4), $"<{recipient}>: the message is larger than its domain takes");

    /// <summary>The message has been through the list already (X.4.6).</summary>
    /// <param name="recipient">The address.</param>
    /// <returns>A 554.</returns>
    public static SmtpReply GoesRound(EmailAddress recipient) =>
        new(554, new EnhancedStatusCode(5, 4, 6), $"<{recipient}>: mail loop: the message has been here before");

    /// <summary>A directory that may know the address cannot answer now (X.3.0).</summary>
    /// <param name="recipient">The address.</param>
    /// <returns>A 451.</returns>
    public static SmtpReply Unavailable(EmailAddress recipient) =>
        new(451, new EnhancedStatusCode(4, 3, 0), $"<{recipient}>: cannot be looked up now");
}
