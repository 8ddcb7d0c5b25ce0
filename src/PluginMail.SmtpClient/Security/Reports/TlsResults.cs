using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;

namespace PluginMail.SmtpClient;

/// <summary>
/// Counts what came of securing connections, by domain and day (UTC), for TLS reports (RFC 8460 section 4.2). Results gather in memory, and
/// <see cref="FlushAsync"/> adds those of domains that want reports to the state, where several servers' results come together.
/// </summary>
/// <param name="dns">Tells which domains want reports.</param>
/// <param name="state">Where results are kept.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">The log.</param>
public sealed class TlsResults(IDnsResolver dns, IStateStore state, TimeProvider clock, ILogger log)
{
    private const int MaximumDomains = 5000;
    private const int Pages = 16;
    private const int MaximumPage = 60 << 10;
    private const int Tries = 5;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(4);
    private readonly Lock _lock = new();
    private Dictionary<(DateOnly Day, string Domain), DomainResults> _results = [];

    /// <summary>Counts an attempt. Returns at once.</summary>
    /// <param name="attempt">The attempt.</param>
    public void Add(TlsAttempt attempt)
    {
        (DateOnly, string) key = (DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime), attempt.Host.Domain);
        lock (_lock)
        {
            if (!_results.TryGetValue(key, out DomainResults? results))
            {
                if (_results.Count == MaximumDomains)
                {
                    return;
                }

                _results.Add(key, results = new DomainResults());
            }

            results.Add(attempt);
        }
    }

    /// <summary>Adds what gathered to the state; to be called each minute or so, and at the end. Results of domains that want no reports are dropped.</summary>
    /// <param name="cancellationToken">Gives up; what was not added stays for the next time.</param>
    /// <returns>When all is done.</returns>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        Dictionary<(DateOnly Day, string Domain), DomainResults> gathered;
        lock (_lock)
        {
            (gathered, _results) = (_results, []);
        }

        foreach ((DateOnly day, string domain) in gathered.Keys.ToArray())
        {
            try
            {
                if (await WantsReportsAsync(domain, cancellationToken))
                {
                    await MergeAsync(day, domain, gathered[(day, domain)], cancellationToken);
                }

                gathered.Remove((day, domain));
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                SmtpClientLog.TlsResultsNotKept(log, e.Message);
                TakeBack(gathered);
                return;
            }
        }
    }

    /// <summary>The domains of which there are results.</summary>
    internal async ValueTask<IReadOnlyList<string>> DomainsAsync(DateOnly day, CancellationToken cancellationToken)
    {
        List<string> domains = [];
        for (int page = 0; page < Pages; page++)
        {
            domains.AddRange(Lines(await state.GetAsync(PageKey(day, page), cancellationToken)));
        }

        return domains;
    }

    /// <summary>The results of a domain.</summary>
    internal async ValueTask<DomainResults> ReadAsync(DateOnly day, string domain, CancellationToken cancellationToken) =>
        DomainResults.Read(await state.GetAsync(Key(day, domain), cancellationToken));

    /// <summary>Where reports for a domain go; none where it wants none.</summary>
    internal async ValueTask<IReadOnlyList<string>> ReportAddressesAsync(string domain, CancellationToken cancellationToken) =>
        StsRecord.FindReportAddresses((await dns.QueryAsync("_smtp._tls." + domain, DnsRecordType.TXT, cancellationToken)).Records);

    /// <summary>Claims the sending of a report, so that one of several servers sends it.</summary>
    /// <returns>False where another has.</returns>
    internal ValueTask<bool> ClaimAsync(DateOnly day, string domain, CancellationToken cancellationToken) =>
        state.CompareExchangeAsync(ClaimKey(day, domain), null, [1], Lifetime, cancellationToken);

    /// <summary>Gives a claim back: the report was not sent.</summary>
    internal ValueTask<bool> ReleaseAsync(DateOnly day, string domain, CancellationToken cancellationToken) =>
        state.CompareExchangeAsync(ClaimKey(day, domain), [1], null, Lifetime, cancellationToken);

    internal static string Name(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Key(DateOnly day, string domain) => $"tls-results/{Name(day)}/{domain}";

    private static string ClaimKey(DateOnly day, string domain) => $"tls-report/{Name(day)}/{domain}";

    private static string PageKey(DateOnly day, int page) => $"tls-domains/{Name(day)}/{page}";

    private static string[] Lines(byte[]? page) => page is null ? [] : Encoding.ASCII.GetString(page).Split('\n');

    private async ValueTask<bool> WantsReportsAsync(string domain, CancellationToken cancellationToken) =>
        (await ReportAddressesAsync(domain, cancellationToken)).Count > 0;

    private async ValueTask MergeAsync(DateOnly day, string domain, DomainResults results, CancellationToken cancellationToken)
    {
        string page = PageKey(day, domain.Sum(static c => c) % Pages);
        bool isListed = await ChangeAsync(
            page,
            old => Lines(old) is var lines && lines.Contains(domain, StringComparer.Ordinal) ? old : Encoding.ASCII.GetBytes(string.Join('\n', [.. lines, domain])),
            cancellationToken);
        if (isListed)
        {
            await ChangeAsync(Key(day, domain), old => Merged(old, results), cancellationToken);
        }
    }

    private static byte[] Merged(byte[]? old, DomainResults results)
    {
        DomainResults all = DomainResults.Read(old);
        all.Add(results);
        return all.ToOctets();
    }

    /// <summary>Changes a value, again where another server was quicker. What would be too large is left as it is.</summary>
    private async ValueTask<bool> ChangeAsync(string key, Func<byte[]?, byte[]?> change, CancellationToken cancellationToken)
    {
        for (int i = 0; i < Tries; i++)
        {
            byte[]? old = await state.GetAsync(key, cancellationToken);
            byte[]? value = change(old);
            if (ReferenceEquals(value, old))
            {
                return true;
            }

            if (value is null or { Length: > MaximumPage })
            {
                return false;
            }

            if (await state.CompareExchangeAsync(key, old, value, Lifetime, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    private void TakeBack(Dictionary<(DateOnly Day, string Domain), DomainResults> gathered)
    {
        lock (_lock)
        {
            foreach ((var key, DomainResults results) in gathered)
            {
                if (_results.TryGetValue(key, out DomainResults? newer))
                {
                    newer.Add(results);
                }
                else if (_results.Count < MaximumDomains)
                {
                    _results.Add(key, results);
                }
            }
        }
    }
}
