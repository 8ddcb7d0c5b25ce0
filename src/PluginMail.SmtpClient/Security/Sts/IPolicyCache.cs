namespace PluginMail.SmtpClient;

/// <summary>Keeps MTA-STS policies for as long as they hold: the longer the rarer a chance for an attacker (RFC 8461 section 10.2).</summary>
public interface IPolicyCache
{
    /// <summary>Finds a domain's policy.</summary>
    /// <param name="domain">The domain in lower case, as A-labels.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The policy, perhaps one that has run out; null where there is none.</returns>
    /// <exception cref="IOException">The store cannot be read.</exception>
    ValueTask<CachedPolicy?> FindAsync(string domain, CancellationToken cancellationToken);

    /// <summary>Keeps a domain's policy in place of the one before.</summary>
    /// <param name="domain">The domain in lower case, as A-labels.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The store cannot be written.</exception>
    ValueTask StoreAsync(string domain, CachedPolicy policy, CancellationToken cancellationToken);
}

/// <summary>A policy that was fetched.</summary>
/// <param name="Id">The id under which it was announced.</param>
/// <param name="FetchedAt">When.</param>
/// <param name="Policy">The policy.</param>
public sealed record CachedPolicy(string Id, DateTimeOffset FetchedAt, StsPolicy Policy)
{
    /// <summary>When it has run out.</summary>
    public DateTimeOffset ExpiresAt => FetchedAt + Policy.MaxAge;
}
