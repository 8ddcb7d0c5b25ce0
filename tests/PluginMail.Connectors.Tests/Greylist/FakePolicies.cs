using PluginMail.Abstractions;

namespace PluginMail.Connectors.Tests.Greylist;

/// <summary>Whom domains vouch for, as a test says.</summary>
internal sealed class FakePolicies : ISenderPolicy
{
    private int _asked;

    public Dictionary<string, SenderPolicyResult> Results { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>For whom no domain vouches.</summary>
    public HashSet<string> Nobodies { get; } = new(["192.0.2.1", "100.64.0.1", "2001:db8::1", "fd00::1"], StringComparer.Ordinal);

    public bool Hangs { get; set; }

    public int Asked => Volatile.Read(ref _asked);

    public async ValueTask<SenderPolicyResult> CheckAsync(ISessionView session, EmailAddress? sender, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        if (Hangs)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        return Nobodies.Contains(session.RemoteEndPoint!.Address.ToString()) ? SenderPolicyResult.Fail : Results.GetValueOrDefault(sender!.Domain);
    }
}
