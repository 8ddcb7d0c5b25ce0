using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>The built-in policy on senders: a login sends only as addresses it owns.</summary>
/// <remarks>What it owns is <see cref="IRecipientRouter.OwnsAsync"/>'s to say (RecipientRouter.OwnsAsync in PluginMail.Delivery). The header's From is not compared.</remarks>
internal sealed class SenderPolicy(IRecipientRouter router)
{
    /// <summary>Says what speaks against a reverse path.</summary>
    /// <returns>A refusal, or null.</returns>
    public async ValueTask<SmtpReply?> CheckAsync(EmailAddress? login, EmailAddress? sender, CancellationToken cancellationToken)
    {
        if (login is null || sender is null || await router.OwnsAsync(login, sender, cancellationToken))
        {
            return null;
        }

        return new SmtpReply(553, new EnhancedStatusCode(5, 7, 1), $"<{sender}>: not an address of {login}");
    }
}
