using System.Collections.Immutable;
using System.Net;
using PluginMail.Abstractions;

namespace PluginMail.Clients;

/// <summary>The names that a client's address has in DNS. Whoever has an address can give it any name: only one that leads back is the client's (iprev, RFC 8601 section 3).</summary>
/// <param name="Names">The names in their order, ten at most.</param>
/// <param name="IsUnsaid">Whether DNS could not say.</param>
internal readonly record struct ReverseNames(ImmutableArray<string> Names, bool IsUnsaid)
{
    private const int MostNames = 10;

    /// <summary>Looks an address up.</summary>
    public static async Task<ReverseNames> OfAsync(IPAddress client, Lookups lookups)
    {
        var answer = await lookups.AskAsync(ReversedAddress.NameOf(client), DnsRecordType.PTR);
        return new ReverseNames([.. answer.Records.Take(MostNames).Select(HostName.Normalize).OfType<string>()], answer.Status == DnsStatus.Failure);
    }

    /// <summary>Looks up, all at once, whether names lead back to the client.</summary>
    /// <returns>For each name; null where DNS could not say.</returns>
    public static Task<bool?[]> LeadBackAsync(IEnumerable<string> names, IPAddress client, Lookups lookups) =>
        Task.WhenAll(names.Select(name => LeadsBackAsync(name, client, lookups)));

    private static async Task<bool?> LeadsBackAsync(string name, IPAddress client, Lookups lookups)
    {
        var answer = await lookups.AskAsync(name, AddressRecords.TypeOf(client));
        return AddressRecords.Have(answer, client) ? true
            : answer.Status == DnsStatus.Failure ? null
            : false;
    }
}
