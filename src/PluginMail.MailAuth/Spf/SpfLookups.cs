using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using PluginMail.Abstractions;

namespace PluginMail.MailAuth;

/// <summary>What one check may cost (RFC 7208 section 4.6.4), and what it already has.</summary>
internal sealed class SpfLookups(IDnsResolver dns, IPAddress client)
{
    private const int MaximumTerms = 10;
    private const int MaximumVoid = 2;
    private const int MaximumNames = 10;

    private int _terms;
    private int _voids;
    private Task<ImmutableArray<string>>? _validated;

    /// <summary>Counts a term that asks; false beyond the limit.</summary>
    public bool TryTerm() => ++_terms <= MaximumTerms;

    /// <summary>Counts answers without records; false beyond the limit.</summary>
    public bool IsVoidAllowed => _voids <= MaximumVoid;

    /// <summary>Asks, and counts an answer without records; a name that cannot be asked for is one that does not exist.</summary>
    public async ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken)
    {
        if (!DomainName.IsQueryable(name))
        {
            return new DnsAnswer(DnsStatus.NameError, [], TimeSpan.Zero, false);
        }

        DnsAnswer answer = await dns.QueryAsync(name, type, cancellationToken);
        _voids += answer.Status is DnsStatus.NoData or DnsStatus.NameError ? 1 : 0;
        return answer;
    }

    /// <summary>Asks for addresses of the client's family.</summary>
    public ValueTask<DnsAnswer> AddressesAsync(string name, CancellationToken cancellationToken) =>
        QueryAsync(name, client.AddressFamily == AddressFamily.InterNetwork ? DnsRecordType.A : DnsRecordType.AAAA, cancellationToken);

    /// <summary>Asks for TXT records without counting.</summary>
    public async ValueTask<DnsAnswer> TextAsync(string name, CancellationToken cancellationToken) => DomainName.IsQueryable(name)
        ? await dns.QueryAsync(name, DnsRecordType.TXT, cancellationToken)
        : new DnsAnswer(DnsStatus.NameError, [], TimeSpan.Zero, false);

    /// <summary>The client's names that lead back to its address (section 5.5), of at most ten; none where DNS fails. Asked once.</summary>
    public Task<ImmutableArray<string>> ValidatedNamesAsync(CancellationToken cancellationToken) =>
        _validated ??= ReadValidatedNamesAsync(cancellationToken);

    private async Task<ImmutableArray<string>> ReadValidatedNamesAsync(CancellationToken cancellationToken)
    {
        DnsAnswer answer = await QueryAsync(ReverseName.Of(client), DnsRecordType.PTR, cancellationToken);
        string[] names = answer.Status == DnsStatus.Found
            ? [.. answer.Records.Take(MaximumNames).Select(name => name.TrimEnd('.')).Where(name => DomainName.IsQueryable(name))] : [];
        bool[] leadBack = await Task.WhenAll(names.Select(name => LeadsBackAsync(name, cancellationToken)));
        return [.. names.Where((_, i) => leadBack[i])];
    }

    private async Task<bool> LeadsBackAsync(string name, CancellationToken cancellationToken)
    {
        DnsRecordType type = client.AddressFamily == AddressFamily.InterNetwork ? DnsRecordType.A : DnsRecordType.AAAA;
        DnsAnswer answer = await dns.QueryAsync(name, type, cancellationToken);
        return answer.Status == DnsStatus.Found && answer.Records.Any(text => IPAddress.TryParse(text, out IPAddress? address) && address.Equals(client));
    }
}
