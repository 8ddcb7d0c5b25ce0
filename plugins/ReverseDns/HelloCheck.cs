using System.Net;
using System.Net.Sockets;
using PluginMail.Abstractions;
using PluginMail.Clients;
using PluginMail.Text;

namespace PluginMail.ReverseDns;

/// <summary>Whether what the client calls itself can be its name (RFC 5321 section 4.1.1.1): a name that there is, or its own address as a literal.</summary>
internal sealed class HelloCheck(ReverseDnsOptions options)
{
    public async Task<Findings> CheckAsync(ISessionView session, IPAddress client, Lookups lookups)
    {
        string? hello = session.HelloName;
        if (hello is null)
        {
            return Findings.None;
        }

        if (hello.StartsWith('['))
        {
            return One(CheckLiteral(hello, session, client));
        }

        if (IPAddress.TryParse(hello, out _))
        {
            return One(Rejected(options.HeloAddress, "HELO_ADDRESS", hello, "an address must be written as a literal in brackets"));
        }

        if (hello.TrimEnd('.').Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return One(Own(hello));
        }

        return HostName.Normalize(hello) is not { } name ? One(Rejected(options.HeloSyntax, "HELO_SYNTAX", hello, "not a fully qualified host name"))
            : name == "localhost.localdomain" || options.OwnNames.Match(name) ? One(Own(hello))
            : await CheckNameAsync(name, client, lookups);
    }

    private static Findings One(Finding? finding) => finding is null ? Findings.None : new Findings([finding], IsUnsaid: false);

    private static Finding Rejected(CheckSetting setting, string reason, string hello, string why) =>
        new(setting, reason, Finding.NotAuthorized, $"<{Printable.Of(hello, 100)}>: HELO name rejected: {why}");

    private Finding Own(string hello) => Rejected(options.HeloOwnName, "HELO_OWN_NAME", hello, "this is this server's name, not yours");

    /// <summary>Address literals (RFC 5321 section 4.1.3).</summary>
    private Finding? CheckLiteral(string hello, ISessionView session, IPAddress client)
    {
        const string tag = "IPv6:";
        string text = hello.EndsWith(']') ? hello[1..^1] : "";
        bool isTagged = text.StartsWith(tag, StringComparison.OrdinalIgnoreCase);
        bool isLiteral = IPAddress.TryParse(isTagged ? text[tag.Length..] : text, out var address)
            && isTagged == (address.AddressFamily == AddressFamily.InterNetworkV6)
            && (isTagged || text.Count(c => c == '.') == 3);
        if (!isLiteral)
        {
            return Rejected(options.HeloSyntax, "HELO_SYNTAX", hello, "not an address literal");
        }

        address = ClientNetworks.Plain(address!);
        return address.Equals(client) ? null
            : session.LocalEndPoint is { } local && address.Equals(ClientNetworks.Plain(local.Address)) ? Own(hello)
            : Rejected(options.HeloLiteral, "HELO_LITERAL", hello, $"your address is {client}");
    }

    private async Task<Findings> CheckNameAsync(string name, IPAddress client, Lookups lookups)
    {
        List<Finding> found = [];
        if (GenericName.IsOf(name, client))
        {
            found.Add(Rejected(options.HeloGeneric, "HELO_GENERIC", name, "a name of one of many, not a mail server's"));
        }

        if (!options.HeloUnresolvable.IsOn && !options.HeloUnconfirmed.IsOn)
        {
            return new Findings(found, IsUnsaid: false);
        }

        DnsRecordType[] types = [DnsRecordType.A, DnsRecordType.AAAA, DnsRecordType.MX];
        var answers = await Task.WhenAll(types.Select(type => lookups.AskAsync(name, type)));
        bool isUnsaid = answers.Any(answer => answer.Status == DnsStatus.Failure);
        bool isThere = answers.Any(answer => answer.Status == DnsStatus.Found);
        if (!isThere && !isUnsaid)
        {
            found.Add(Rejected(options.HeloUnresolvable, "HELO_UNRESOLVABLE", name, "there is no such host"));
        }

        var addresses = answers[AddressRecords.TypeOf(client) == DnsRecordType.A ? 0 : 1];
        if (isThere && addresses.Status != DnsStatus.Failure && !AddressRecords.Have(addresses, client))
        {
            found.Add(Rejected(options.HeloUnconfirmed, "HELO_UNCONFIRMED", name, $"it is not the name of {client}"));
        }

        return new Findings(found, (isUnsaid && !isThere) || (options.HeloUnconfirmed.IsOn && addresses.Status == DnsStatus.Failure));
    }
}
