using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace PluginMail.SmtpClient;

/// <summary>The check that browsers make: a chain to a trusted authority, within its time, for the host's name (RFC 9525).</summary>
public static class WebPki
{
    /// <summary>Judges a certificate; a <see cref="CertificateCheck"/>.</summary>
    /// <param name="certificate">The host's certificate.</param>
    /// <param name="chain">The chain that was built.</param>
    /// <param name="errors">What the framework found.</param>
    /// <returns>Null where it is accepted.</returns>
    public static TlsFailure? Check(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return null;
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return new TlsFailure(TlsFailureKind.ValidationFailure, "the host shows no certificate");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            bool isExpired = chain?.ChainStatus.Any(static status => status.Status == X509ChainStatusFlags.NotTimeValid) == true;
            return isExpired
                ? new TlsFailure(TlsFailureKind.CertificateExpired, $"the certificate is not valid now ({certificate.NotBefore:yyyy-MM-dd} to {certificate.NotAfter:yyyy-MM-dd})")
                : new TlsFailure(TlsFailureKind.CertificateNotTrusted, "the certificate comes from no trusted authority");
        }

        return new TlsFailure(TlsFailureKind.CertificateHostMismatch, "the certificate is for another host");
    }
}
