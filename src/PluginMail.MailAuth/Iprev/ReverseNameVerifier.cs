using System.Net;
using System.Net.Sockets;
using PluginMail.Abstractions;

namespace PluginMail.MailAuth;

/// <summary>Checks that a client's address and its reverse name agree (iprev, RFC 8601 section 3). At most ten names.</summary>
internal sealed class ReverseNameVerifier(IDnsResolver dns)
{
    private const int MaximumNames = 10;

    public async Task<ReverseNameVerification> VerifyAsync(IPAddress client, CancellationToken cancellationToken)
    {
        client = client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client;
        try
        {
            DnsAnswer answer = await dns.QueryAsync(ReverseName.Of(client), DnsRecordType.PTR, cancellationToken);
            return answer.Status switch
            {
                DnsStatus.Failure => new ReverseNameVerification(ReverseNameResult.TempError, null),
                DnsStatus.Found => await LeadBackAsync(client, answer.Records.Take(MaximumNames), cancellationToken),
                _ => new ReverseNameVerification(ReverseNameResult.PermError, null),
            };
        }
        catch (OperationCanceledException)
        {
            return new ReverseNameVerification(ReverseNameResult.TempError, null);
        }
    }

    private async Task<ReverseNameVerification> LeadBackAsync(IPAddress client, IEnumerable<string> records, CancellationToken cancellationToken)
    {
        DnsRecordType type = client.AddressFamily == AddressFamily.InterNetwork ? DnsRecordType.A : DnsRecordType.AAAA;
        string[] names = [.. records.Select(name => DomainName.Normalize(name)).OfType<string>()];
        DnsAnswer[] answers = await Task.WhenAll(names.Select(name => dns.QueryAsync(name, type, cancellationToken).AsTask()));
        int found = Array.FindIndex(answers, answer => answer.Records.Any(text => IPAddress.TryParse(text, out IPAddress? address) && address.Equals(client)));
        return found >= 0
            ? new ReverseNameVerification(ReverseNameResult.Pass, names[found])
            : new ReverseNameVerification(answers.Any(answer => answer.Status == DnsStatus.Failure) ? ReverseNameResult.TempError : ReverseNameResult.Fail, null);
    }
}
