namespace PluginMail.SmtpClient;

/// <summary>Why a connection could not be protected.</summary>
/// <param name="Kind">The kind that reports count by.</param>
/// <param name="Text">For people.</param>
public sealed record TlsFailure(TlsFailureKind Kind, string Text);

/// <summary>The result types of RFC 8460 section 4.3.</summary>
public enum TlsFailureKind
{
    /// <summary><c>starttls-not-supported</c>.</summary>
    StartTlsNotSupported,

    /// <summary><c>certificate-host-mismatch</c>.</summary>
    CertificateHostMismatch,

    /// <summary><c>certificate-expired</c>.</summary>
    CertificateExpired,

    /// <summary><c>certificate-not-trusted</c>.</summary>
    CertificateNotTrusted,

    /// <summary><c>validation-failure</c>: any other failure, the handshake's among them.</summary>
    ValidationFailure,

    /// <summary><c>tlsa-invalid</c>.</summary>
    TlsaInvalid,

    /// <summary><c>dnssec-invalid</c>.</summary>
    DnssecInvalid,

    /// <summary><c>dane-required</c>.</summary>
    DaneRequired,

    /// <summary><c>sts-policy-fetch-error</c>.</summary>
    StsPolicyFetchError,

    /// <summary><c>sts-policy-invalid</c>.</summary>
    StsPolicyInvalid,

    /// <summary><c>sts-webpki-invalid</c>.</summary>
    StsWebPkiInvalid,
}
