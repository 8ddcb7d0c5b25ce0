using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.MailAuth;
using PluginMail.Mime;

namespace PluginMail.Pipeline;

/// <summary>Seals messages that came in and are sent on elsewhere (RFC 8617), so that the next server may believe what was found here.</summary>
public interface IForwardSealer
{
    /// <summary>Seals a message.</summary>
    /// <param name="message">The message as it will be sent on, all other edits made.</param>
    /// <param name="outcome">What was found when it came in; null where that was some time ago: what was written into the message then counts.</param>
    /// <param name="domain">The domain that sends it on: that of the address it came for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The edits that put the set on top; none where it is not sealed.</returns>
    ValueTask<ImmutableArray<MimeHeaderEdit>> SealAsync(
        MessageContent message, AuthenticationOutcome? outcome, string domain, CancellationToken cancellationToken);
}

/// <summary>Seals with the DKIM keys of the domain that sends on.</summary>
/// <param name="sealer">Makes the set.</param>
/// <param name="keys">Where keys are kept.</param>
/// <param name="authservId">The name that this server's results bear; asked anew for each message.</param>
/// <param name="options">Settings; asked anew for each message.</param>
public sealed class ForwardSealer(ArcSealer sealer, IDkimKeySource keys, Func<string> authservId, Func<OriginOptions> options) : IForwardSealer
{
    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<MimeHeaderEdit>> SealAsync(
        MessageContent message, AuthenticationOutcome? outcome, string domain, CancellationToken cancellationToken)
    {
        if (!options().SealsForwarded)
        {
            return [];
        }

        // RSA alone: of what verifies chains, hardly anything knows Ed25519 (RFC 8463), and a seal that is not understood breaks the chain.
        ImmutableArray<DkimSigningKey> found = await keys.FindAsync(domain.ToLowerInvariant(), cancellationToken);
        return found.FirstOrDefault(key => key.Algorithm == DkimAlgorithm.RsaSha256) is not { } key ? []
            : outcome is null ? sealer.Seal(message, authservId(), key, cancellationToken)
            : sealer.Seal(message, outcome, key, cancellationToken);
    }
}
