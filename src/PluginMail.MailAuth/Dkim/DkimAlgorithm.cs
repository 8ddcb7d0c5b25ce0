namespace PluginMail.MailAuth;

/// <summary>A signature algorithm (RFC 6376 section 3.3, RFC 8301, RFC 8463).</summary>
public enum DkimAlgorithm
{
    /// <summary>RSASSA-PKCS1-v1_5 over SHA-256.</summary>
    RsaSha256,

    /// <summary>PureEdDSA with Ed25519 over a SHA-256 hash.</summary>
    Ed25519Sha256,
}
