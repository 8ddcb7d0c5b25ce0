namespace PluginMail.SmtpClient;

/// <summary>Keeps policies until the process ends; those that were stored first make room.</summary>
/// <param name="maximum">Policies at most.</param>
public sealed class MemoryPolicyCache(int maximum = 10_000) : IPolicyCache
{
    private readonly Dictionary<string, CachedPolicy> _policies = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public ValueTask<CachedPolicy?> FindAsync(string domain, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(_policies.GetValueOrDefault(domain));
        }
    }

    /// <inheritdoc/>
    public ValueTask StoreAsync(string domain, CachedPolicy policy, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_policies.ContainsKey(domain))
            {
                _order.Enqueue(domain);
            }

            _policies[domain] = policy;
            while (_policies.Count > maximum)
            {
                _policies.Remove(_order.Dequeue());
            }
        }

        return ValueTask.CompletedTask;
    }
}
