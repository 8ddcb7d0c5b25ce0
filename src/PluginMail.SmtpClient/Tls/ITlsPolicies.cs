namespace PluginMail.SmtpClient;

/// <summary>Says how connections to mail exchangers must be protected (DANE, RFC 7672; MTA-STS, RFC 8461), and hears what came of it (RFC 8460).</summary>
/// <remarks>Asked for hosts found through the DNS alone; a configured route says itself what it wants. Safe for concurrent calls.</remarks>
public interface ITlsPolicies
{
    /// <summary>Finds the policy for a host. Asked before each use of the host, also of a connection that is kept: answer from a cache.</summary>
    /// <param name="host">The host and how it was found.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The policy; where it cannot be had, one with a <see cref="HostTlsPolicy.Refusal"/>, or <see cref="HostTlsPolicy.Opportunistic"/>; never an exception.</returns>
    ValueTask<HostTlsPolicy> FindAsync(MailHost host, CancellationToken cancellationToken);

    /// <summary>Hears how the protection of a new connection ended, once for each attempt to secure one. Returns at once.</summary>
    /// <param name="attempt">What was tried, and how it failed if it did.</param>
    void Report(TlsAttempt attempt);
}

/// <summary>A host that may be sent to, and how much of the way to it DNSSEC vouches for.</summary>
/// <param name="Domain">The recipients' domain, in lower case and as A-labels.</param>
/// <param name="Host">The host's name in lower case; the domain where it has no MX records.</param>
/// <param name="Port">The TCP port.</param>
/// <param name="IsMxAuthenticated">Whether the answer to the MX query (also one without records) is authenticated.</param>
/// <param name="IsAddressAuthenticated">Whether the answers to the address queries are authenticated.</param>
public sealed record MailHost(string Domain, string Host, int Port, bool IsMxAuthenticated, bool IsAddressAuthenticated);

/// <summary>An attempt to secure a connection, for reports (RFC 8460 section 4.4).</summary>
/// <param name="Host">The host.</param>
/// <param name="Policy">The policy in force.</param>
/// <param name="LocalAddress">Our address; null where it is not known.</param>
/// <param name="RemoteAddress">The host's address.</param>
/// <param name="Failure">What failed, whether the policy insisted on it or not; null where all went well.</param>
public sealed record TlsAttempt(
    MailHost Host, HostTlsPolicy Policy, System.Net.IPAddress? LocalAddress, System.Net.IPAddress? RemoteAddress, TlsFailure? Failure);
