namespace PluginMail.SmtpClient;

/// <summary>No host has a policy: TLS where it can be had.</summary>
public sealed class OpportunisticTls : ITlsPolicies
{
    /// <inheritdoc/>
    public ValueTask<HostTlsPolicy> FindAsync(MailHost host, CancellationToken cancellationToken) => ValueTask.FromResult(HostTlsPolicy.Opportunistic);

    /// <inheritdoc/>
    public void Report(TlsAttempt attempt)
    {
    }
}
