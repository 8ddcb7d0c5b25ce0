using System.Collections.Immutable;

namespace PluginMail.MailAuth;

/// <summary>Where the private keys of our domains are kept.</summary>
public interface IDkimKeySource
{
    /// <summary>The keys that a domain signs with now.</summary>
    /// <param name="domain">The domain in lower case.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The keys, one signature each (RFC 8463 section 3: RSA beside Ed25519); empty for a domain that does not sign. They stay the source's.</returns>
    ValueTask<ImmutableArray<DkimSigningKey>> FindAsync(string domain, CancellationToken cancellationToken);
}
