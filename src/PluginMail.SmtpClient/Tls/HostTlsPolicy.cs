using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using PluginMail.Abstractions;

namespace PluginMail.SmtpClient;

/// <summary>How a connection to one host must be protected.</summary>
public sealed record HostTlsPolicy
{
    /// <summary>TLS where it can be had, any certificate (RFC 7435).</summary>
    public static HostTlsPolicy Opportunistic { get; } = new();

    /// <summary>What must be had for the message to be sent.</summary>
    public TlsRequirement Requirement { get; init; } = TlsRequirement.Opportunistic;

    /// <summary>
    /// Judges the host's certificate; null where any will do. Its failure ends the attempt where the requirement is
    /// <see cref="TlsRequirement.Verified"/>, and is only reported otherwise (MTA-STS in testing mode).
    /// </summary>
    public CertificateCheck? Check { get; init; }

    /// <summary>What the policy rests on, for log and trace, as <c>DANE</c> or <c>MTA-STS</c>; null for none. Connections are shared only within one name.</summary>
    public string? Name { get; init; }

    /// <summary>The name sent in SNI (RFC 6066 section 3); null sends the host's.</summary>
    public string? ServerName { get; init; }

    /// <summary>How reports describe the policy (RFC 8460 section 4.4); null where there is none.</summary>
    public ReportedPolicy? Reported { get; init; }

    /// <summary>Set where the host must not be used at all: why, as the reply that stands for it (4yz where it may change). The next host is tried.</summary>
    public SmtpReply? Refusal { get; init; }
}

/// <summary>How much protection a connection needs.</summary>
public enum TlsRequirement
{
    /// <summary>TLS is not even tried.</summary>
    None,

    /// <summary>TLS where it can be had.</summary>
    Opportunistic,

    /// <summary>TLS with any certificate.</summary>
    Encrypted,

    /// <summary>TLS with a certificate that the policy's check accepts.</summary>
    Verified,
}

/// <summary>Judges a host's certificate.</summary>
/// <param name="certificate">The host's certificate.</param>
/// <param name="chain">The chain the framework built; what else the host sent is in its policy's extra store. Null where none could be built.</param>
/// <param name="errors">What the framework has against it, judged by the name sent in SNI.</param>
/// <returns>Null where it is accepted.</returns>
public delegate TlsFailure? CertificateCheck(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors);
