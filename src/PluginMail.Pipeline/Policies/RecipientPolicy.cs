using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>The built-in policy on recipients: mailboxes here for everyone, elsewhere only for those who may send.</summary>
internal sealed class RecipientPolicy(IRecipientRouter router)
{
    /// <summary>Says what speaks against a recipient.</summary>
    /// <returns>A refusal or deferral, or null.</returns>
    public async ValueTask<SmtpReply?> CheckAsync(
        EmailAddress recipient, MailOrigin origin, Direction direction, PipelineOptions options, CancellationToken cancellationToken)
    {
        switch (await router.ClassifyAsync(recipient, origin, cancellationToken))
        {
            case RecipientKind.Local or RecipientKind.Relayed:
                return null;
            case RecipientKind.SenderNotAllowed:
                return RecipientReplies.SenderNotAllowed(recipient, origin.Sender);
            case RecipientKind.TooLarge:
                return RecipientReplies.TooLarge(recipient);
            case RecipientKind.Unknown:
                return RecipientReplies.NoSuchMailbox(recipient);
            case RecipientKind.OverQuota:
                return RecipientReplies.OverQuota(recipient, options.RefusesOverQuota);
            case RecipientKind.Unexpandable:
                return RecipientReplies.LeadsTooFar(recipient);
            case RecipientKind.Unavailable:
                return RecipientReplies.Unavailable(recipient);
            case RecipientKind.Remote when direction == Direction.Outgoing:
                return null;
            case RecipientKind.Unroutable when direction == Direction.Outgoing:
                return RecipientReplies.Unroutable(recipient);
            default:
                return RelayingDenied(recipient);
        }
    }

    /// <summary>Says whether incoming mail that no client sends would leave this server at once: a plugin may not relay either.</summary>
    /// <returns>A refusal, or null.</returns>
    public async ValueTask<SmtpReply?> CheckIncomingAsync(EmailAddress recipient, CancellationToken cancellationToken) =>
        await router.ClassifyAsync(recipient, cancellationToken) is RecipientKind.Remote or RecipientKind.Unroutable ? RelayingDenied(recipient) : null;

    private static SmtpReply RelayingDenied(EmailAddress recipient) =>
        new(550, new EnhancedStatusCode(5, 7, 1), $"<{recipient}>: relaying denied");
}
