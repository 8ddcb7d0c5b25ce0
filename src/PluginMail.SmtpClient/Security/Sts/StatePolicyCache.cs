using System.Globalization;
using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.SmtpClient;

/// <summary>Keeps policies in a state store, so that all servers on it have them and a restart loses none.</summary>
/// <param name="state">The store.</param>
public sealed class StatePolicyCache(IStateStore state) : IPolicyCache
{
    private static readonly TimeSpan LeastLifetime = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public async ValueTask<CachedPolicy?> FindAsync(string domain, CancellationToken cancellationToken) =>
        await state.GetAsync(KeyOf(domain), cancellationToken) is { } value ? Read(Encoding.UTF8.GetString(value)) : null;

    /// <inheritdoc/>
    public async ValueTask StoreAsync(string domain, CachedPolicy policy, CancellationToken cancellationToken)
    {
        string key = KeyOf(domain);
        byte[] value = Encoding.UTF8.GetBytes(
            string.Join('\n', [policy.Id, policy.FetchedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), .. policy.Policy.Lines]));
        TimeSpan lifetime = policy.Policy.MaxAge > LeastLifetime ? policy.Policy.MaxAge : LeastLifetime;

        // Whoever comes in between has fetched it too.
        await state.CompareExchangeAsync(key, await state.GetAsync(key, cancellationToken), value, lifetime, cancellationToken);
    }

    private static string KeyOf(string domain) => "mta-sts/" + domain;

    private static CachedPolicy? Read(string text) =>
        text.Split('\n', 3) is [var id, var seconds, var policy]
        && long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out long at)
        && StsPolicy.Parse(policy) is { } parsed
            ? new CachedPolicy(id, DateTimeOffset.FromUnixTimeSeconds(at), parsed)
            : null;
}
