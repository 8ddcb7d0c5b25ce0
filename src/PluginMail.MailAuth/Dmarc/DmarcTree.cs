using PluginMail.Abstractions;

namespace PluginMail.MailAuth;

/// <summary>What the walk up the tree from a domain found.</summary>
/// <param name="OrganizationalDomain">The domain that stands for all below it; null where DNS could not say.</param>
/// <param name="PolicyDomain">Where the policy for the domain stands; null where there is none.</param>
/// <param name="Record">That policy.</param>
internal sealed record DmarcStanding(string? OrganizationalDomain, string? PolicyDomain, DmarcRecord? Record);

/// <summary>
/// Finds policies and organizational domains by walking up the DNS tree, as DMARCbis does (draft-ietf-dmarc-dmarcbis section 4.10), so that no
/// list of public suffixes is needed. The names of one walk, at most eight, are asked for side by side, each name once.
/// </summary>
internal sealed class DmarcTree(IDnsResolver dns)
{
    private const int MaximumNames = 8;
    private const int MaximumRecords = 16;

    private readonly Dictionary<string, Task<Answer>> _answers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _lock = new();

    /// <summary>Walks up from a domain (in lower case).</summary>
    public async Task<DmarcStanding> FindAsync(string domain, CancellationToken cancellationToken)
    {
        string[] names = NamesFrom(domain);
        Answer[] answers = await Task.WhenAll(names.Select(name => AskAsync(name, cancellationToken)));
        string? organizational = null;
        int shortest = -1;
        int i = 0;
        for (; i < names.Length && organizational is null; i++)
        {
            if (answers[i].IsFailure)
            {
                return new DmarcStanding(null, null, null);
            }

            if (answers[i].Record is not { } record)
            {
                continue;
            }

            shortest = i;
            organizational = record.PublicSuffix switch
            {
                'n' => names[i],
                'y' when i > 0 => DomainName.LastLabels(domain, DomainName.CountLabels(names[i]) + 1),
                'y' => names[i],
                _ => null,
            };
        }

        organizational ??= shortest < 0 ? domain : names[shortest];
        return Policy(domain, organizational, names[..i], answers);
    }

    /// <summary>The domain's own record, or the organizational domain's, or the public suffix' (section 4.10.1).</summary>
    private static DmarcStanding Policy(string domain, string organizational, string[] names, Answer[] answers)
    {
        int own = answers[0].Record is not null ? 0 : Array.IndexOf(names, organizational);
        int index = own >= 0 && answers[own].Record is not null ? own : Array.FindIndex(answers, 0, names.Length, answer => answer.Record?.PublicSuffix == 'y');
        return index < 0
            ? new DmarcStanding(organizational, null, null)
            : new DmarcStanding(organizational, index == 0 ? domain : names[index], answers[index].Record);
    }

    /// <summary>The domain, and above it each with one label less; of long ones those between are left out down to seven labels.</summary>
    private static string[] NamesFrom(string domain)
    {
        var names = new List<string> { domain };
        for (int labels = Math.Min(DomainName.CountLabels(domain) - 1, MaximumNames - 1); labels > 0; labels--)
        {
            names.Add(DomainName.LastLabels(domain, labels));
        }

        return [.. names];
    }

    private Task<Answer> AskAsync(string name, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_answers.TryGetValue(name, out Task<Answer>? answer))
            {
                _answers.Add(name, answer = QueryAsync("_dmarc." + name, cancellationToken));
            }

            return answer;
        }
    }

    private async Task<Answer> QueryAsync(string name, CancellationToken cancellationToken)
    {
        if (!DomainName.IsQueryable(name))
        {
            return default;
        }

        try
        {
            DnsAnswer answer = await dns.QueryAsync(name, DnsRecordType.TXT, cancellationToken);
            DmarcRecord[] records = [.. answer.Records.Take(MaximumRecords).Select(DmarcRecord.TryParse).OfType<DmarcRecord>()];
            return new Answer(answer.Status == DnsStatus.Failure, records.Length == 1 ? records[0] : null);
        }
        catch (OperationCanceledException)
        {
            return new Answer(true, null);
        }
    }

    private readonly record struct Answer(bool IsFailure, DmarcRecord? Record);
}
