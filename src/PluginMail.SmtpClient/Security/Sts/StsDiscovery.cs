using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;

namespace PluginMail.SmtpClient;

/// <summary>
/// Finds the MTA-STS policies of domains (RFC 8461 section 3): the cached one while it holds, a new one when the DNS announces another id or a day
/// has gone. A policy that cannot be fetched leaves the cached one in force, and is not asked for again for five minutes.
/// </summary>
/// <param name="dns">The resolver.</param>
/// <param name="cache">The policies that were fetched.</param>
/// <param name="fetcher">Fetches others.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class StsDiscovery(IDnsResolver dns, IPolicyCache cache, StsPolicyFetcher fetcher, TimeProvider clock, ILogger log)
{
    private const int MaximumFailures = 10_000;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RefreshAfter = TimeSpan.FromDays(1);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _failures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task<StsFinding>> _fetching = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Finds a domain's policy.</summary>
    public async ValueTask<StsFinding> FindAsync(string domain, CancellationToken cancellationToken)
    {
        CachedPolicy? cached = await FindCachedAsync(domain, cancellationToken);
        DnsAnswer answer = await dns.QueryAsync("_mta-sts." + domain, DnsRecordType.TXT, cancellationToken);
        string? id = StsRecord.FindId(answer.Records);
        if (id is null || (cached is not null && id == cached.Id && !IsOld(cached)) || !MayFetch(domain))
        {
            return new StsFinding(cached?.Policy, null);
        }

        return await JoinAsync(domain, id, cached).WaitAsync(cancellationToken);
    }

    // Many messages to one domain fetch its policy once; none of them ends it for the others.
    private Task<StsFinding> JoinAsync(string domain, string id, CachedPolicy? cached)
    {
        lock (_lock)
        {
            if (!_fetching.TryGetValue(domain, out Task<StsFinding>? fetching))
            {
                fetching = Task.Run(() => FetchAsync(domain, id, cached), CancellationToken.None);
                _fetching.Add(domain, fetching);
            }

            return fetching;
        }
    }

    private bool IsOld(CachedPolicy cached)
    {
        TimeSpan age = clock.GetUtcNow() - cached.FetchedAt;
        return age >= RefreshAfter || age >= cached.Policy.MaxAge / 2;
    }

    private bool MayFetch(string domain) => !_failures.TryGetValue(domain, out DateTimeOffset failed) || clock.GetUtcNow() - failed >= RetryAfter;

    private async Task<StsFinding> FetchAsync(string domain, string id, CachedPolicy? cached)
    {
        try
        {
            (StsPolicy? policy, TlsFailure? failure) = await fetcher.FetchAsync(domain, CancellationToken.None);
            if (policy is null)
            {
                SmtpClientLog.StsNotFetched(log, domain, failure!.Text);
                Remember(domain);
                return new StsFinding(cached?.Policy, failure);
            }

            _failures.TryRemove(domain, out _);
            await StoreAsync(domain, new CachedPolicy(id, clock.GetUtcNow(), policy));
            return new StsFinding(policy, null);
        }
        finally
        {
            lock (_lock)
            {
                _fetching.Remove(domain);
            }
        }
    }

    private void Remember(string domain)
    {
        if (_failures.Count >= MaximumFailures)
        {
            _failures.Clear(); // they are asked a little earlier
        }

        _failures[domain] = clock.GetUtcNow();
    }

    private async ValueTask<CachedPolicy?> FindCachedAsync(string domain, CancellationToken cancellationToken)
    {
        try
        {
            return await cache.FindAsync(domain, cancellationToken) is { } found && found.ExpiresAt > clock.GetUtcNow() ? found : null;
        }
        catch (IOException e)
        {
            SmtpClientLog.StsCacheFailed(log, domain, e.Message);
            return null;
        }
    }

    private async ValueTask StoreAsync(string domain, CachedPolicy policy)
    {
        try
        {
            await cache.StoreAsync(domain, policy, CancellationToken.None);
        }
        catch (IOException e)
        {
            SmtpClientLog.StsCacheFailed(log, domain, e.Message);
        }
    }
}

/// <summary>What was found of a domain's MTA-STS.</summary>
/// <param name="Policy">The policy in force; null where there is none.</param>
/// <param name="Failure">Why a policy that is announced could not be had just now; null where none was asked for or all went well.</param>
internal readonly record struct StsFinding(StsPolicy? Policy, TlsFailure? Failure);
