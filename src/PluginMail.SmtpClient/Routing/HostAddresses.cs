using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using PluginMail.Abstractions;

namespace PluginMail.SmtpClient;

/// <summary>How a look-up of a host's addresses ended.</summary>
/// <param name="Addresses">IPv6 and IPv4 in turn, IPv6 first.</param>
/// <param name="IsAuthenticated">Whether DNSSEC vouches for them.</param>
/// <param name="IsUncertain">Whether there may be more: a query failed.</param>
internal sealed record AddressList(ImmutableArray<IPAddress> Addresses, bool IsAuthenticated, bool IsUncertain);

/// <summary>Finds the addresses of a host.</summary>
/// <param name="dns">The resolver.</param>
internal sealed class HostAddresses(IDnsResolver dns)
{
    private const int MaximumRecords = 50;

    /// <summary>Reads an address literal (RFC 5321 section 4.1.3) or a plain address.</summary>
    public static IPAddress? Literal(string text)
    {
        ReadOnlySpan<char> inner = text is ['[', .., ']'] ? text.AsSpan(1, text.Length - 2) : text;
        bool isTagged = inner.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase);
        if (!IPAddress.TryParse(isTagged ? inner[5..] : inner, out IPAddress? address))
        {
            return null;
        }

        // "1.2" and "123" are addresses to the parser, and names to people.
        return address.AddressFamily == AddressFamily.InterNetworkV6 || (!isTagged && inner.Count('.') == 3) ? address : null;
    }

    /// <summary>Looks a host's addresses up.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<AddressList> FindAsync(string host, CancellationToken cancellationToken)
    {
        if (Literal(host) is { } literal)
        {
            return new AddressList([literal], IsAuthenticated: false, IsUncertain: false);
        }

        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) // RFC 6761 section 6.3
        {
            return new AddressList([IPAddress.IPv6Loopback, IPAddress.Loopback], IsAuthenticated: false, IsUncertain: false);
        }

        ValueTask<DnsAnswer> six = dns.QueryAsync(host, DnsRecordType.AAAA, cancellationToken);
        DnsAnswer four = await dns.QueryAsync(host, DnsRecordType.A, cancellationToken);
        DnsAnswer[] answers = [await six, four];
        return new AddressList(
            Interleave(Parse(answers[0], AddressFamily.InterNetworkV6), Parse(four, AddressFamily.InterNetwork)),
            Array.TrueForAll(answers, static answer => answer.Status == DnsStatus.Failure || answer.IsAuthenticated),
            Array.Exists(answers, static answer => answer.Status == DnsStatus.Failure));
    }

    private static IPAddress[] Parse(DnsAnswer answer, AddressFamily family)
    {
        var addresses = new List<IPAddress>();
        foreach (string record in answer.Records.AsSpan()[..Math.Min(answer.Records.Length, MaximumRecords)])
        {
            if (IPAddress.TryParse(record, out IPAddress? address) && address.AddressFamily == family && IsHost(address))
            {
                addresses.Add(address);
            }
        }

        IPAddress[] shuffled = [.. addresses];
        Random.Shared.Shuffle(shuffled);
        return shuffled;
    }

    // What no host can have is passed over: the system would take it for this machine or for many.
    private static bool IsHost(IPAddress address) =>
        !address.IsIPv6Multicast && !address.Equals(IPAddress.IPv6Any) && !address.IsIPv4MappedToIPv6
        && !(address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] is 0 or >= 224);

    private static ImmutableArray<IPAddress> Interleave(IPAddress[] first, IPAddress[] second)
    {
        var both = ImmutableArray.CreateBuilder<IPAddress>(first.Length + second.Length);
        for (int i = 0; i < Math.Max(first.Length, second.Length); i++)
        {
            if (i < first.Length)
            {
                both.Add(first[i]);
            }

            if (i < second.Length)
            {
                both.Add(second[i]);
            }
        }

        return both.ToImmutable();
    }
}
