using System.Security.Authentication;

namespace PluginMail.Configuration.Options;

/// <summary>The oldest version of TLS that is spoken.</summary>
public enum TlsVersion
{
    /// <summary>TLS 1.2 (RFC 5246).</summary>
    Tls12,

    /// <summary>TLS 1.3 (RFC 8446).</summary>
    Tls13,
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

    /// <summary><c>minimum</c>: the oldest version spoken, <c>"1.2"</c> or <c>"1.3"</c> (RFC 9325 3.1.1). Default <c>"1.2"</c>.</summary>
    public TlsVersion Minimum { get; init; } = TlsVersion.Tls12;

    /// <summary>The versions spoken.</summary>
    public SslProtocols Protocols => Minimum == TlsVersion.Tls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13;

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

        string minimum = table.GetString("minimum", "1.2");
        if (minimum is not ("1.2" or "1.3"))
        {
            table.Reject("minimum", "\"1.2\" or \"1.3\"");
        }

        return new TlsOptions { Certificate = certificate, Key = key, Minimum = minimum == "1.3" ? TlsVersion.Tls13 : TlsVersion.Tls12 };
    }
}
