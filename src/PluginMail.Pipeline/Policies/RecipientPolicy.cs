using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>The built-in policy on recipients: mailboxes here for everyone, elsewhere only for those who may send.</summary>
internal sealed class RecipientPolicy(IRecipientRouter router)
{
    /// <summary>Says what speaks against a recipient.</summary>
    /// <returns>A refusal or deferral, or null.</returns>
    public async ValueTask<SmtpReply?> CheckAsync(
        EmailAddress recipient, Direction direction, PipelineOptions options, CancellationToken cancellationToken)
    {
        switch (await router.ClassifyAsync(recipient, cancellationToken))
        {
            case RecipientKind.Local:
                return null;
            case RecipientKind.Unknown:
                return new SmtpReply(550, new EnhancedStatusCode(5, 1, 1), $"<{recipient}>: no such mailbox here");
            case RecipientKind.OverQuota:
                return OverQuota(recipient, options.RefusesOverQuota);
            case RecipientKind.Unexpandable:
                return new SmtpReply(451, new EnhancedStatusCode(4, 3, 5), $"<{recipient}>: an alias that leads too far");
            case RecipientKind.Unavailable:
                return new SmtpReply(451, new EnhancedStatusCode(4, 3, 0), $"<{recipient}>: cannot be looked up now");
            case RecipientKind.Remote when direction == Direction.Outgoing:
                return null;
            case RecipientKind.Unroutable when direction == Direction.Outgoing:
                return new SmtpReply(550, new EnhancedStatusCode(5, 4, 4), $"<{recipient}>: this server delivers to its own domains only");
            default:
                return new SmtpReply(550, new EnhancedStatusCode(5, 7, 1), $"<{recipient}>: relaying denied");
        }
    }

    /// <summary>The reply for a full mailbox (RFC 3463: X.2.2).</summary>
    public static SmtpReply OverQuota(EmailAddress recipient, bool refuses) => refuses
        ? new SmtpReply(552, new EnhancedStatusCode(5, 2, 2), $"<{recipient}>: the mailbox is full")
        : new SmtpReply(452, new EnhancedStatusCode(4, 2, 2), $"<{recipient}>: the mailbox is full");
}
