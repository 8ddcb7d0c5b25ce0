using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using PluginMail.Abstractions;

namespace PluginMail.SmtpClient;

/// <summary>A host that a message may be handed to.</summary>
/// <param name="Name">Its name, in lower case and without the root's dot; for an address literal the address.</param>
/// <param name="Preference">Its preference; the lowest is tried first.</param>
internal readonly record struct MailExchanger(string Name, int Preference);

/// <summary>The hosts of a domain in the order in which they are to be tried, or why there are none.</summary>
/// <param name="Hosts">The hosts.</param>
/// <param name="IsAuthenticated">Whether DNSSEC vouches for them.</param>
/// <param name="Failure">Why there are none; null where there are some.</param>
internal sealed record ExchangerList(ImmutableArray<MailExchanger> Hosts, bool IsAuthenticated, SmtpReply? Failure)
{
    public static ExchangerList Failed(int code, EnhancedStatusCode status, string text) => new([], IsAuthenticated: false, new SmtpReply(code, status, text));
}

/// <summary>Finds the mail exchangers of a domain (RFC 5321 section 5.1, RFC 7505).</summary>
/// <param name="dns">The resolver.</param>
internal sealed class MailExchangers(IDnsResolver dns)
{
    private const int MaximumRecords = 200;

    /// <summary>Looks the hosts up: by preference, those of one preference in random order.</summary>
    /// <param name="domain">The domain as A-labels.</param>
    /// <param name="hostname">Our own name: hosts at or behind our preference are left out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<ExchangerList> FindAsync(string domain, string hostname, CancellationToken cancellationToken)
    {
        DnsAnswer answer = await dns.QueryAsync(domain, DnsRecordType.MX, cancellationToken);
        return answer.Status switch
        {
            DnsStatus.Found => Order(domain, hostname, answer),
            DnsStatus.NoData => new ExchangerList([new MailExchanger(domain, 0)], answer.IsAuthenticated, null),
            DnsStatus.NameError => ExchangerList.Failed(550, new EnhancedStatusCode(5, 1, 2), $"the domain {domain} does not exist"),
            _ => ExchangerList.Failed(451, new EnhancedStatusCode(4, 4, 3), $"the mail exchangers of {domain} cannot be looked up now"),
        };
    }

    private static ExchangerList Order(string domain, string hostname, DnsAnswer answer)
    {
        var hosts = new List<MailExchanger>();
        bool isNull = false;
        foreach (string record in answer.Records.AsSpan()[..Math.Min(answer.Records.Length, MaximumRecords)])
        {
            if (TryParse(record, out MailExchanger host))
            {
                isNull |= host.Name.Length == 0;
                hosts.Add(host);
            }
        }

        hosts.RemoveAll(static host => host.Name.Length == 0);
        if (hosts.Count == 0)
        {
            return isNull
                ? ExchangerList.Failed(556, new EnhancedStatusCode(5, 1, 10), $"the domain {domain} accepts no mail (null MX)")
                : ExchangerList.Failed(550, new EnhancedStatusCode(5, 4, 4), $"the domain {domain} has no usable MX record");
        }

        foreach (MailExchanger own in hosts.FindAll(host => host.Name.Equals(hostname, StringComparison.OrdinalIgnoreCase)))
        {
            hosts.RemoveAll(host => host.Preference >= own.Preference);
        }

        MailExchanger[] ordered = [.. hosts];
        Random.Shared.Shuffle(ordered);
        return ordered.Length == 0
            ? new ExchangerList([], answer.IsAuthenticated, LoopsBack(domain))
            : new ExchangerList([.. ordered.OrderBy(static host => host.Preference)], answer.IsAuthenticated, null);
    }

    /// <summary>The reply where we are the best mail exchanger of a domain that we do not serve.</summary>
    public static SmtpReply LoopsBack(string domain) => new(554, new EnhancedStatusCode(5, 4, 6), $"mail for {domain} loops back to myself");

    private static bool TryParse(string record, out MailExchanger host)
    {
        host = default;
        int space = record.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0 || !ushort.TryParse(record.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out ushort preference))
        {
            return false;
        }

        string name = record[(space + 1)..].Trim().TrimEnd('.').ToLowerInvariant();
        host = new MailExchanger(name, preference);
        return name.Length == 0 || (name[0] != '[' && EmailAddress.IsDomain(name) && !IPAddress.TryParse(name, out _));
    }
}
