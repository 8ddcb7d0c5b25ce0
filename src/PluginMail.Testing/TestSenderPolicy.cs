using PluginMail.Abstractions;

namespace PluginMail.Testing;

/// <summary>Says of senders' domains what the test tells it to; of others that they have no policy.</summary>
public sealed class TestSenderPolicy : ISenderPolicy
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SenderPolicyResult> _results = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Sets what a domain says of every client.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="result">What it says.</param>
    /// <returns>This policy.</returns>
    public TestSenderPolicy Add(string domain, SenderPolicyResult result)
    {
        lock (_lock)
        {
            _results[domain] = result;
        }

        return this;
    }

    /// <inheritdoc/>
    public ValueTask<SenderPolicyResult> CheckAsync(ISessionView session, EmailAddress? sender, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            string? domain = session.RemoteEndPoint is null ? null : sender?.Domain ?? session.HelloName;
            return new(domain is null ? SenderPolicyResult.None : _results.GetValueOrDefault(domain));
        }
    }
}
