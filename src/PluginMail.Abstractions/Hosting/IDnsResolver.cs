using System.Collections.Immutable;

namespace PluginMail.Abstractions;

/// <summary>Looks names up through the configured resolvers, with a cache.</summary>
public interface IDnsResolver
{
    /// <summary>Asks for the records of one type.</summary>
    /// <param name="name">A domain name without the root's dot.</param>
    /// <param name="type">The type (RFC 1035 section 3.2.2).</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer; a resolver that cannot be reached is an answer too, never an exception.</returns>
    ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken);
}

/// <summary>The record types that mail needs.</summary>
public enum DnsRecordType
{
    /// <summary>IPv4 address.</summary>
    A = 1,

    /// <summary>Alias.</summary>
    CNAME = 5,

    /// <summary>Reverse name.</summary>
    PTR = 12,

    /// <summary>Mail exchanger: preference and host.</summary>
    MX = 15,

    /// <summary>Text: character strings joined.</summary>
    TXT = 16,

    /// <summary>IPv6 address.</summary>
    AAAA = 28,

    /// <summary>Service location.</summary>
    SRV = 33,

    /// <summary>Certificate association (RFC 6698).</summary>
    TLSA = 52,
}

/// <summary>How a look-up ended.</summary>
public enum DnsStatus
{
    /// <summary>There are records.</summary>
    Found,

    /// <summary>The name exists without records of this type.</summary>
    NoData,

    /// <summary>The name does not exist (RFC 8020).</summary>
    NameError,

    /// <summary>No resolver could say; ask again later.</summary>
    Failure,
}

/// <summary>An answer of the resolver.</summary>
/// <param name="Status">How the look-up ended.</param>
/// <param name="Records">The records' data as presentation text (RFC 1035 section 5.1), MX with its preference, TXT joined and unquoted.</param>
/// <param name="TimeToLive">How long the answer holds.</param>
/// <param name="IsAuthenticated">Whether the resolver vouches for DNSSEC (the AD bit, RFC 4035 section 3.2.3).</param>
public sealed record DnsAnswer(DnsStatus Status, ImmutableArray<string> Records, TimeSpan TimeToLive, bool IsAuthenticated);
