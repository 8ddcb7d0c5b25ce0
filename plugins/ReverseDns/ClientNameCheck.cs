using System.Net;
using PluginMail.Clients;

namespace PluginMail.ReverseDns;

/// <summary>Whether the client's address has a name that leads back to it (iprev, RFC 8601 section 3).</summary>
internal sealed class ClientNameCheck(ReverseDnsOptions options)
{
    public async Task<Findings> CheckAsync(IPAddress client, Lookups lookups)
    {
        if (!options.NoName.IsOn && !options.Unconfirmed.IsOn && !options.GenericName.IsOn)
        {
            return Findings.None;
        }

        var (names, isUnsaid) = await ReverseNames.OfAsync(client, lookups);
        if (isUnsaid)
        {
            return new Findings([], IsUnsaid: true);
        }

        if (names.Length == 0)
        {
            return new Findings(
                [new Finding(options.NoName, "RDNS_NONE", Finding.ReverseDnsFailed, $"Your address {client} has no name in DNS (PTR)")], IsUnsaid: false);
        }

        bool?[] back = options.Unconfirmed.IsOn || options.GenericName.IsOn ? await ReverseNames.LeadBackAsync(names, client, lookups) : [];
        int confirmed = Array.IndexOf(back, true);
        string shown = names[Math.Max(0, confirmed)];
        List<Finding> found = [];
        isUnsaid = confirmed < 0 && back.Contains(null);
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
