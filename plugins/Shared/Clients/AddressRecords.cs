using System.Net;
using System.Net.Sockets;
using PluginMail.Abstractions;

namespace PluginMail.Clients;

/// <summary>The addresses of a name, as what a client is compared with: whether a name leads back to it.</summary>
internal static class AddressRecords
{
    /// <summary>The type of the records that have addresses of the client's kind.</summary>
    public static DnsRecordType TypeOf(IPAddress client) =>
        client.AddressFamily == AddressFamily.InterNetwork ? DnsRecordType.A : DnsRecordType.AAAA;

    /// <summary>Whether one of the answer's addresses is the client's.</summary>
    public static bool Have(DnsAnswer answer, IPAddress client) =>
        answer.Records.Any(text => IPAddress.TryParse(text, out var address) && address.Equals(client));
}
