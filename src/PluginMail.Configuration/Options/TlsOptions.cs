namespace PluginMail.Configuration.Options;

/// <summary>What the MTA-STS policy of the domains here asks of other servers (RFC 8461 section 5).</summary>
public enum MtaStsMode
{
    /// <summary>Nothing: an earlier policy is taken back.</summary>
    None,

    /// <summary>They report what they could not verify, and send all the same.</summary>
    Testing,

    /// <summary>They send to verified hosts alone.</summary>
    Enforce,
}

/// <summary>Table <c>[tls]</c>.</summary>
public sealed record TlsOptions
{
    /// <summary>
    /// <c>certificate</c>: a PEM file with the certificate and its chain, read again when it changes. Default empty: a self-signed pair is made
    /// under <c>data/tls</c>.
    /// </summary>
    public string Certificate { get; init; } = "";

    /// <summary><c>key</c>: the PEM file of the certificate's private key. Default empty.</summary>
    public string Key { get; init; } = "";

    /// <summary><c>mta_sts</c>: the mode of the MTA-STS policy that <c>domain show</c> prints and http listeners serve. Default <c>"testing"</c>.</summary>
    public MtaStsMode MtaSts { get; init; } = MtaStsMode.Testing;

    internal static TlsOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("tls");
        string certificate = reader.GetExistingFile(table, "certificate");
        string key = reader.GetExistingFile(table, "key");
        if (certificate.Length > 0 != key.Length > 0)
        {
            string missing = certificate.Length > 0 ? "key" : "certificate";
            table.Reject(missing, "a PEM file: certificate and key go together");
        }

        return new TlsOptions { Certificate = certificate, Key = key, MtaSts = table.GetEnum("mta_sts", MtaStsMode.Testing) };
    }
}
