using System.Net;
using System.Net.Sockets;
using PluginMail.Abstractions;

namespace PluginMail.ReverseDns;

/// <summary>Looks names up within a deadline; what is not answered by then is a failure of DNS.</summary>
/// <param name="dns">The resolver.</param>
/// <param name="deadline">The end of the time.</param>
/// <param name="cancellationToken">The end of the call.</param>
internal sealed class Lookups(IDnsResolver dns, CancellationToken deadline, CancellationToken cancellationToken)
{
    private static readonly DnsAnswer Unanswered = new(DnsStatus.Failure, [], TimeSpan.Zero, IsAuthenticated: false);

    /// <summary>The records of a type that two addresses can be compared by.</summary>
    public static DnsRecordType TypeOf(IPAddress client) =>
        client.AddressFamily == AddressFamily.InterNetwork ? DnsRecordType.A : DnsRecordType.AAAA;

    /// <summary>Whether one of the answer's addresses is the client's.</summary>
    public static bool HasAddress(DnsAnswer answer, IPAddress client) =>
        answer.Records.Any(text => IPAddress.TryParse(text, out var address) && address.Equals(client));

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
