using System.Net;
using PluginMail.Abstractions;
using PluginMail.Clients;

namespace PluginMail.ReverseDns;

/// <summary>Whether the client's address has a name that leads back to it (iprev, RFC 8601 section 3). At most ten names.</summary>
internal sealed class ClientNameCheck(ReverseDnsOptions options)
{
    private const int MostNames = 10;

    public async Task<Findings> CheckAsync(IPAddress client, Lookups lookups)
    {
        if (!options.NoName.IsOn && !options.Unconfirmed.IsOn && !options.GenericName.IsOn)
        {
            return Findings.None;
        }

        var answer = await lookups.AskAsync(ReversedAddress.NameOf(client), DnsRecordType.PTR);
        string[] names = [.. answer.Records.Take(MostNames).Select(HostName.Normalize).OfType<string>()];
        if (answer.Status == DnsStatus.Failure)
        {
            return new Findings([], IsUnsaid: true);
        }

        if (names.Length == 0)
        {
            return new Findings(
                [new Finding(options.NoName, "RDNS_NONE", Finding.ReverseDnsFailed, $"Your address {client} has no name in DNS (PTR)")], IsUnsaid: false);
        }

        var back = options.Unconfirmed.IsOn || options.GenericName.IsOn
            ? await Task.WhenAll(names.Select(name => lookups.AskAsync(name, AddressRecords.TypeOf(client))))
            : [];
        int confirmed = Array.FindIndex(back, names => AddressRecords.Have(names, client));
        string shown = names[Math.Max(0, confirmed)];
        List<Finding> found = [];
        bool isUnsaid = confirmed < 0 && back.Any(names => names.Status == DnsStatus.Failure);
        if (confirmed < 0 && !isUnsaid)
        {
            found.Add(new Finding(
                options.Unconfirmed, "RDNS_UNCONFIRMED", Finding.ReverseDnsFailed, $"The name {shown} of your address {client} does not lead back to it"));
        }

        if (GenericName.IsOf(shown, client))
        {
            found.Add(new Finding(
                options.GenericName, "RDNS_GENERIC", Finding.NotAuthorized, $"The name {shown} of your address {client} is one of many, not a mail server's"));
        }

        return new Findings(found, isUnsaid);
    }
}
