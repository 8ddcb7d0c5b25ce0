using System.Collections.Immutable;
using PluginMail.Dns;

namespace PluginMail.SmtpClient;

/// <summary>What the DNS says of a host's certificate.</summary>
internal abstract record DaneFinding
{
    private DaneFinding()
    {
    }

    /// <summary>The host does not use DANE: no records, or no proof of the way to them.</summary>
    public sealed record None : DaneFinding
    {
        public static readonly None Instance = new();
    }

    /// <summary>It cannot be told whether the host uses DANE: an attacker could bring this about, so that it must not be used now.</summary>
    public sealed record Uncertain(string Name) : DaneFinding;

    /// <summary>There are proven records.</summary>
    /// <param name="BaseDomain">The name that has them (RFC 7672 section 2.2.3).</param>
    /// <param name="Records">Those that can be used; none: TLS without authentication (RFC 7672 section 2.2).</param>
    /// <param name="Texts">All of them, as they came.</param>
    public sealed record Found(string BaseDomain, ImmutableArray<CertificateAssociation> Records, ImmutableArray<string> Texts) : DaneFinding;
}
