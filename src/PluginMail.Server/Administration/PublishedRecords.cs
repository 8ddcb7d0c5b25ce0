using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PluginMail.Configuration.Options;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>The DNS records that a domain should publish so that its mail comes here and is believed elsewhere.</summary>
internal static class PublishedRecords
{
    /// <summary>
    /// The TLSA record of the certificate that is served (RFC 7672 section 3.1.1: 3 1 1). It stays right as long as the key does; with a new key
    /// the new record is published beside the old one before the key is exchanged.
    /// </summary>
    private static IEnumerable<string> ForCertificate(ServerCore core, string host)
    {
        string path = core.Options.Tls.Certificate.Length > 0 ? core.Options.Tls.Certificate : Path.Combine(core.Data.Tls, "certificate.pem");
        byte[] key;
        try
        {
            using X509Certificate2 certificate = X509CertificateLoader.LoadCertificateFromFile(path);
            key = certificate.PublicKey.ExportSubjectPublicKeyInfo();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            yield break; // there is none yet
        }

        yield return $"_25._tcp.{host}. IN TLSA 3 1 1 {Convert.ToHexStringLower(SHA256.HashData(key))}";
    }

    /// <summary>The MTA-STS policy of the domains here (RFC 8461 section 3.2), which the http listeners serve.</summary>
    /// <param name="options">The settings, for the server's name and the mode.</param>
    /// <param name="domain">The domain.</param>
    /// <returns>
    /// The policy file; null where this server is not the only one that takes the domain's mail. Mode none takes an earlier policy back
    /// (section 8.3), which others may remember for a week.
    /// </returns>
    public static string? StsPolicy(MailServerOptions options, Domain domain) => domain.Policy.Relay != DomainRelay.None ? null
        : options.Tls.MtaSts == MtaStsMode.None ? "version: STSv1\nmode: none\nmax_age: 86400\n"
        : $"version: STSv1\nmode: {options.Tls.MtaSts.ToString().ToLowerInvariant()}\nmx: {options.Server.Hostname}\nmax_age: 604800\n";

    /// <summary>The records, a row each, as zone files have them.</summary>
    /// <param name="core">The server, for its name and the domain's keys.</param>
    /// <param name="domain">The domain.</param>
    /// <returns>Rows of "publish" and the record.</returns>
    public static IEnumerable<IReadOnlyList<string>> Of(ServerCore core, Domain domain)
    {
        string host = core.Options.Server.Hostname;
        yield return ["publish", $"{domain.Name}. IN MX 10 {host}."];
        yield return ["publish", $"{domain.Name}. IN TXT \"v=spf1 mx -all\""];
        foreach (DkimKeyState key in core.Dkim.List(domain.Name))
        {
            yield return ["publish", key.Key.ToZoneLine().TrimEnd()];
        }

        yield return ["publish", $"_dmarc.{domain.Name}. IN TXT \"v=DMARC1; p=none; rua=mailto:postmaster@{domain.Name}\""];
        yield return ["publish", $"_smtp._tls.{domain.Name}. IN TXT \"v=TLSRPTv1; rua=mailto:postmaster@{domain.Name}\""];
        foreach (string record in ForCertificate(core, host))
        {
            yield return ["publish", record];
        }

        if (StsPolicy(core.Options, domain) is not { } policy)
        {
            yield break;
        }

        // RFC 8461 section 3.1: the id changes whenever the policy does, so it is made of it.
        string id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(policy)).AsSpan(0, 8));
        yield return ["publish", $"_mta-sts.{domain.Name}. IN TXT \"v=STSv1; id={id}\""];
        yield return ["serve", $"https://mta-sts.{domain.Name}/.well-known/mta-sts.txt"];
        foreach (string line in policy.TrimEnd().Split('\n'))
        {
            yield return ["", line];
        }
    }
}
