using PluginMail.Abstractions;

namespace PluginMail.Clients;

/// <summary>Looks names up within a deadline; what is not answered by then is a failure of DNS.</summary>
/// <param name="dns">The resolver.</param>
/// <param name="deadline">The end of the time.</param>
/// <param name="cancellationToken">The end of the call.</param>
internal sealed class Lookups(IDnsResolver dns, CancellationToken deadline, CancellationToken cancellationToken)
{
    private static readonly DnsAnswer Unanswered = new(DnsStatus.Failure, [], TimeSpan.Zero, IsAuthenticated: false);

    public async Task<DnsAnswer> AskAsync(string name, DnsRecordType type)
    {
        try
        {
            return await dns.QueryAsync(name, type, deadline);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unanswered;
        }
    }
}
