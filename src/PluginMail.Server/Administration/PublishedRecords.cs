using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>The DNS records that a domain should publish so that its mail comes here and is believed elsewhere.</summary>
internal static class PublishedRecords
{
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
    }
}
