using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.MailAuth;

/// <summary>Applies DMARC (RFC 7489 section 6.6.2) to what SPF and DKIM gave.</summary>
/// <param name="tree">Finds policies.</param>
/// <param name="dns">Says whether a domain exists, for np=.</param>
/// <param name="sample">A number from 0 to 99, for pct=.</param>
internal sealed class DmarcVerifier(DmarcTree tree, IDnsResolver dns, Func<int> sample)
{
    /// <summary>
    /// Evaluates. Where From names authors of several domains each is evaluated and the one that fares worst decides (section 6.6.1 leaves it open).
    /// </summary>
    public async ValueTask<DmarcVerification> VerifyAsync(
        AuthorDomains authors, SpfVerification? spf, ImmutableArray<DkimVerification> dkim, CancellationToken cancellationToken)
    {
        DmarcVerification[] all = await Task.WhenAll(authors.Domains.Select(domain => VerifyAsync(domain, spf, dkim, cancellationToken)));
        DmarcVerification? worst = all.MaxBy(one => (one.Result == DmarcResult.Fail, one.Disposition, one.Result == DmarcResult.TempError, one.Result == DmarcResult.None));
        if (worst is null || (authors.IsUnusable && worst.Result != DmarcResult.Fail))
        {
            return new DmarcVerification(DmarcResult.PermError, worst?.AuthorDomain ?? "", null, default, default, false, false, authors.Problem ?? "author without a domain");
        }

        return worst with { Problem = worst.Problem ?? authors.Problem };
    }

    private async Task<DmarcVerification> VerifyAsync(
        string domain, SpfVerification? spf, ImmutableArray<DkimVerification> dkim, CancellationToken cancellationToken)
    {
        DmarcStanding standing = await tree.FindAsync(domain, cancellationToken);
        var outcome = new DmarcVerification(DmarcResult.None, domain, standing.PolicyDomain, default, default, false, false, null) { Record = standing.Record };
        if (standing.OrganizationalDomain is null)
        {
            return outcome with { Result = DmarcResult.TempError, Problem = "policy could not be looked up" };
        }

        if (standing.Record is not { } record)
        {
            return outcome;
        }

        outcome = outcome with
        {
            IsSpfAligned = spf?.Result == SpfResult.Pass
                && await IsAlignedAsync(spf.Domain, domain, standing.OrganizationalDomain, record.IsSpfStrict, cancellationToken),
            IsDkimAligned = await AnyAlignedAsync(dkim, domain, standing.OrganizationalDomain, record.IsDkimStrict, cancellationToken),
        };
        if (outcome.IsSpfAligned || outcome.IsDkimAligned)
        {
            return outcome with { Result = DmarcResult.Pass, Policy = record.PolicyFor(standing.PolicyDomain == domain, exists: true) };
        }

        if (spf?.Result == SpfResult.TempError || dkim.Any(one => one.Result == DkimResult.TempError))
        {
            return outcome with { Result = DmarcResult.TempError, Problem = "SPF or DKIM could not be checked" };
        }

        return await FailAsync(outcome, record, standing, cancellationToken);
    }

    private async ValueTask<DmarcVerification> FailAsync(
        DmarcVerification outcome, DmarcRecord record, DmarcStanding standing, CancellationToken cancellationToken)
    {
        bool isOwn = standing.PolicyDomain == outcome.AuthorDomain;
        bool exists = isOwn || record.NonexistentPolicy is null || await ExistsAsync(outcome.AuthorDomain, cancellationToken);
        DmarcPolicy policy = record.PolicyFor(isOwn, exists);
        bool isSampledOut = policy != DmarcPolicy.None && (record.IsTesting || (record.Percent < 100 && sample() >= record.Percent));
        return outcome with
        {
            Result = DmarcResult.Fail,
            Policy = policy,
            Disposition = isSampledOut ? policy - 1 : policy,
            IsSampledOut = isSampledOut,
        };
    }

    private async ValueTask<bool> ExistsAsync(string domain, CancellationToken cancellationToken)
    {
        try
        {
            return (await dns.QueryAsync(domain, DnsRecordType.A, cancellationToken)).Status != DnsStatus.NameError;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    private async ValueTask<bool> AnyAlignedAsync(
        ImmutableArray<DkimVerification> dkim, string author, string organizational, bool isStrict, CancellationToken cancellationToken)
    {
        foreach (string domain in dkim.Where(one => one.Result == DkimResult.Pass).Select(one => one.Domain).Distinct())
        {
            if (await IsAlignedAsync(domain, author, organizational, isStrict, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether two domains are the same or, relaxed, of one organization (section 3.1).</summary>
    private async ValueTask<bool> IsAlignedAsync(string domain, string author, string organizational, bool isStrict, CancellationToken cancellationToken)
    {
        if (domain == author || isStrict || !DomainName.IsWithin(domain, organizational))
        {
            return domain == author;
        }

        return (await tree.FindAsync(domain, cancellationToken)).OrganizationalDomain == organizational;
    }
}
