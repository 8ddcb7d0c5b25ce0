using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace PluginMail.SmtpClient;

/// <summary>Our side of one TLS handshake: TLS 1.2 or 1.3 (RFC 8996), and the policy's judgement of the host's certificate.</summary>
/// <param name="policy">The policy in force.</param>
/// <param name="host">The host's name, sent in SNI unless the policy has another.</param>
/// <param name="trustedRoots">Authorities to trust instead of the system's; null for the system's.</param>
internal sealed class ClientHandshake(HostTlsPolicy policy, string host, X509Certificate2Collection? trustedRoots)
{
    /// <summary>What the check has against the certificate; null where it has nothing or there is no check.</summary>
    public TlsFailure? Failure { get; private set; }

    /// <summary>Whether a check accepted the certificate.</summary>
    public bool IsVerified { get; private set; }

    /// <summary>The judgement in the words of the trace.</summary>
    public string Description => (IsVerified, policy.Name) switch
    {
        (true, { } name) => $"verified ({name})",
        (true, null) => "verified",
        _ => "unverified",
    };

    /// <summary>The options of the handshake.</summary>
    public SslClientAuthenticationOptions Options => new()
    {
        TargetHost = policy.ServerName ?? host,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = ChainPolicy(),
        RemoteCertificateValidationCallback = Judge,
    };

    /// <summary>A version's name as mail logs write it.</summary>
    public string NameOf(SslProtocols version) => version switch
    {
        SslProtocols.Tls12 => "TLSv1.2",
        SslProtocols.Tls13 => "TLSv1.3",
        _ => version.ToString(),
    };

    // Where any certificate will do, the system's authorities need not be read nor its missing certificates fetched.
    private X509ChainPolicy ChainPolicy()
    {
        var chain = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (policy.Check is null || trustedRoots is not null)
        {
            chain.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.CustomTrustStore.AddRange(trustedRoots ?? []);
        }

        return chain;
    }

    private bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (policy.Check is null)
        {
            return true;
        }

        Failure = certificate is X509Certificate2 shown
            ? policy.Check(shown, chain, errors)
            : new TlsFailure(TlsFailureKind.ValidationFailure, "the host shows no certificate");
        IsVerified = Failure is null;
        return IsVerified || policy.Requirement != TlsRequirement.Verified;
    }
}
