using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Dns;

namespace PluginMail.SmtpClient;

/// <summary>Finds the TLSA records of mail hosts (RFC 7672 section 2.2). Only answers that the resolver vouches for count.</summary>
/// <param name="dns">The resolver.</param>
internal sealed class DaneLookup(IDnsResolver dns)
{
    private const int MaximumAliases = 8;
    private const int MaximumRecords = 40;
    private const byte TrustAnchor = 2;
    private const byte EndEntity = 3;

    /// <summary>Looks up what is said of a host. A domain that is not signed costs no query.</summary>
    public async ValueTask<DaneFinding> FindAsync(MailHost host, CancellationToken cancellationToken)
    {
        if (!host.IsMxAuthenticated)
        {
            return DaneFinding.None.Instance;
        }

        (string? alias, bool isCertain, bool isAlias) = await ExpandAsync(host, cancellationToken);
        if (!isCertain)
        {
            return new DaneFinding.Uncertain(host.Host);
        }

        // RFC 7672 section 2.2.2: the name at the end of the aliases where all of them are proven, then the one that the MX record has.
        if (alias is not null && await FindAsync(alias, host.Port, cancellationToken) is not DaneFinding.None and { } found)
        {
            return found;
        }

        return host.IsAddressAuthenticated || isAlias
            ? await FindAsync(host.Host, host.Port, cancellationToken)
            : DaneFinding.None.Instance;
    }

    /// <summary>The records of one name.</summary>
    private async ValueTask<DaneFinding> FindAsync(string baseDomain, int port, CancellationToken cancellationToken)
    {
        DnsAnswer answer = await dns.QueryAsync($"_{port}._tcp.{baseDomain}", DnsRecordType.TLSA, cancellationToken);
        return answer switch
        {
            { Status: DnsStatus.Failure } => new DaneFinding.Uncertain(baseDomain),
            { Status: DnsStatus.Found, IsAuthenticated: true } => new DaneFinding.Found(
                baseDomain,
                Usable(CertificateAssociation.ReadAll(answer)),
                [.. answer.Records.Take(MaximumRecords)]),
            _ => DaneFinding.None.Instance,
        };
    }

    /// <summary>Follows the host's aliases as far as they are proven.</summary>
    /// <returns>The name at their end, null where the host is none or the end is not proven; whether the DNS could be asked; whether the host is a proven alias.</returns>
    private async ValueTask<(string? Expanded, bool IsCertain, bool IsAlias)> ExpandAsync(MailHost host, CancellationToken cancellationToken)
    {
        string name = host.Host;
        for (int i = 0; i < MaximumAliases; i++)
        {
            DnsAnswer answer = await dns.QueryAsync(name, DnsRecordType.CNAME, cancellationToken);
            if (answer is { Status: DnsStatus.Found, IsAuthenticated: true })
            {
                name = answer.Records[0].ToLowerInvariant();
                continue;
            }

            bool isAlias = i > 0;
            return (isAlias && host.IsAddressAuthenticated ? name : null, answer.Status != DnsStatus.Failure, isAlias);
        }

        return (null, IsCertain: true, IsAlias: false);
    }

    /// <summary>
    /// The records that RFC 7672 section 3.1 lets be used, and of digests of one usage and selector only the strongest kind (RFC 7671 section 9).
    /// </summary>
    private static ImmutableArray<CertificateAssociation> Usable(ImmutableArray<CertificateAssociation> records)
    {
        List<CertificateAssociation> usable = [.. records.Take(MaximumRecords).Where(IsUsable)];
        return
        [
            .. usable.Where(record => record.MatchingType != 1
                || !usable.Exists(other => other.MatchingType == 2 && other.Usage == record.Usage && other.Selector == record.Selector)),
        ];
    }

    private static bool IsUsable(CertificateAssociation record) =>
        record is { Usage: TrustAnchor or EndEntity, Selector: 0 or 1 } && record.Data.Length > 0 && record.MatchingType switch
        {
            0 => true,
            1 => record.Data.Length == 32,
            2 => record.Data.Length == 64,
            _ => false,
        };
}
