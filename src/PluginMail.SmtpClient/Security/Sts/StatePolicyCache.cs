using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.SmtpClient;

/// <summary>
/// Keeps policies in a state store, so that all servers on it have them and a restart loses none. What was read is remembered for a minute, also that
/// there is none.
/// </summary>
/// <param name="state">The store.</param>
/// <param name="clock">The clock.</param>
public sealed class StatePolicyCache(IStateStore state, TimeProvider clock) : IPolicyCache
{
    private const int MaximumRemembered = 10_000;
    private static readonly TimeSpan RememberedFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LeastLifetime = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<string, (CachedPolicy? Policy, long ReadAt)> _remembered = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async ValueTask<CachedPolicy?> FindAsync(string domain, CancellationToken cancellationToken)
    {
        if (_remembered.TryGetValue(domain, out (CachedPolicy? Policy, long ReadAt) known) && clock.GetElapsedTime(known.ReadAt) < RememberedFor)
        {
            return known.Policy;
        }

        byte[]? value = await state.GetAsync(KeyOf(domain), cancellationToken);
        CachedPolicy? policy = value is null ? null : Read(Encoding.UTF8.GetString(value));
        Remember(domain, policy);
        return policy;
    }

    /// <inheritdoc/>
    public async ValueTask StoreAsync(string domain, CachedPolicy policy, CancellationToken cancellationToken)
    {
        string key = KeyOf(domain);
        byte[] value = Encoding.UTF8.GetBytes(
            string.Join('\n', [policy.Id, policy.FetchedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), .. policy.Policy.Lines]));
        TimeSpan lifetime = policy.Policy.MaxAge > LeastLifetime ? policy.Policy.MaxAge : LeastLifetime;

        // Whoever comes in between has fetched it too.
        await state.CompareExchangeAsync(key, await state.GetAsync(key, cancellationToken), value, lifetime, cancellationToken);
        Remember(domain, policy);
    }

    private void Remember(string domain, CachedPolicy? policy)
    {
        if (_remembered.Count >= MaximumRemembered)
        {
            _remembered.Clear(); // it is only read again
        }

        _remembered[domain] = (policy, clock.GetTimestamp());
    }

    private static string KeyOf(string domain) => "mta-sts/" + domain;

    private static CachedPolicy? Read(string text) =>
        text.Split('\n', 3) is [var id, var seconds, var policy]
        && long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out long at)
        && StsPolicy.Parse(policy) is { } parsed
            ? new CachedPolicy(id, DateTimeOffset.FromUnixTimeSeconds(at), parsed)
            : null;
}
