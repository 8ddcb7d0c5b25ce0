namespace PluginMail.MailAuth;

/// <summary>The algorithms as a= names them.</summary>
internal static class DkimAlgorithmTag
{
    public static string ToTag(this DkimAlgorithm algorithm) => algorithm == DkimAlgorithm.RsaSha256 ? "rsa-sha256" : "ed25519-sha256";
}
