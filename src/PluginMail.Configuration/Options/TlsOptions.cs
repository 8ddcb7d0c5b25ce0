namespace PluginMail.Configuration.Options;

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

        return new TlsOptions { Certificate = certificate, Key = key };
    }
}
