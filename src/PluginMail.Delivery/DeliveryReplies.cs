using PluginMail.Abstractions;

namespace PluginMail.Delivery;

/// <summary>Why a recipient is not served, in RFC 3463's codes.</summary>
internal static class DeliveryReplies
{
    public static SmtpReply NoSuchMailbox(EmailAddress recipient) =>
        new(550, new EnhancedStatusCode(5, 1, 1), $"<{recipient}>: no such mailbox here");

    public static SmtpReply NoMailbox(EmailAddress address) => new(550, new EnhancedStatusCode(5, 2, 1), $"<{address}>: no such mailbox here");

    public static SmtpReply Unroutable(EmailAddress recipient) =>
        new(550, new EnhancedStatusCode(5, 4, 4), $"<{recipient}>: this server delivers to its own domains only");

    public static SmtpReply TooManyTargets(EmailAddress recipient) =>
        new(451, new EnhancedStatusCode(4, 3, 5), $"<{recipient}>: leads too far; some of those behind it cannot be served now");

    public static SmtpReply Unavailable(EmailAddress recipient) =>
        new(451, new EnhancedStatusCode(4, 3, 0), $"<{recipient}>: cannot be looked up now");

    public static SmtpReply OverQuota(EmailAddress address, bool refuses) => refuses
        ? new SmtpReply(552, new EnhancedStatusCode(5, 2, 2), $"<{address}>: the mailbox is full")
        : new SmtpReply(452, new EnhancedStatusCode(4, 2, 2), $"<{address}>: the mailbox is full");
}
