using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.MailAuth;

/// <summary>Finds out which of a policy's report addresses want its reports (RFC 7489 section 7.1).</summary>
/// <param name="dns">Looks names up.</param>
public sealed class DmarcReportRouting(IDnsResolver dns)
{
    private const int MaximumDestinations = 4;

    /// <summary>The addresses to send to, at most four. One outside the domain's organization counts only where that domain agrees in DNS.</summary>
    /// <param name="policyDomain">The domain that the policy stands at.</param>
    /// <param name="uris">Its rua=.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The addresses; those that could not be asked for now are left out.</returns>
    public async ValueTask<ImmutableArray<DmarcReportDestination>> ResolveAsync(
        string policyDomain, ImmutableArray<string> uris, CancellationToken cancellationToken)
    {
        var found = ImmutableArray.CreateBuilder<DmarcReportDestination>();
        var tree = new DmarcTree(dns);
        foreach (string uri in uris.Take(2 * MaximumDestinations))
        {
            if (found.Count < MaximumDestinations && DmarcReportDestination.TryParse(uri, out DmarcReportDestination? destination)
                && await AgreeAsync(tree, policyDomain, destination, cancellationToken) is { } agreed)
            {
                found.Add(agreed);
            }
        }

        return found.ToImmutable();
    }

    private async ValueTask<DmarcReportDestination?> AgreeAsync(
        DmarcTree tree, string policyDomain, DmarcReportDestination destination, CancellationToken cancellationToken)
    {
        if (DomainName.Normalize(destination.Address.Domain) is not { } host)
        {
            return null;
        }

        string? own = (await tree.FindAsync(policyDomain, cancellationToken)).OrganizationalDomain;
        if (own is not null && (host == policyDomain || own == (await tree.FindAsync(host, cancellationToken)).OrganizationalDomain))
        {
            return destination;
        }

        string name = $"{policyDomain}._report._dmarc.{host}";
        if (!DomainName.IsQueryable(name))
        {
            return null;
        }

        DnsAnswer answer = await dns.QueryAsync(name, DnsRecordType.TXT, cancellationToken);
        string? record = answer.Records.FirstOrDefault(IsAgreement);
        return record is null ? null : Redirected(record, host) ?? destination;
    }

    /// <summary>A record of one tag suffices here: v=DMARC1.</summary>
    private static bool IsAgreement(string text) =>
        text.Split(';', 2)[0].Split('=', 2) is [var name, var value] && name.Trim() == "v" && value.Trim() == "DMARC1";

    /// <summary>The agreement may name another address at the same host.</summary>
    private static DmarcReportDestination? Redirected(string record, string host) =>
        DmarcRecord.TryParse(record) is { AggregateUris: [var uri, ..] } && DmarcReportDestination.TryParse(uri, out DmarcReportDestination? other)
            && DomainName.Normalize(other.Address.Domain) == host ? other : null;
}
