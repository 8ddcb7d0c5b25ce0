using System.Net;
using System.Runtime.CompilerServices;
using PluginMail.Abstractions;
using PluginMail.Clients;

namespace PluginMail.Milter.Sessions;

/// <summary>A client as milters are told of it.</summary>
/// <param name="Address">Its address; IPv4 in an IPv6 coat is IPv4.</param>
/// <param name="Name">Its name where that leads back to it, else its address in brackets.</param>
/// <param name="Pointer">The name that its address has; null where it has none.</param>
/// <param name="Resolution">Whether the name leads back to the address.</param>
internal sealed record ClientName(IPAddress Address, string Name, string? Pointer, NameResolution Resolution)
{
    /// <summary>Who brings mail that no client does.</summary>
    public static readonly ClientName Local = new(IPAddress.Loopback, "localhost", "localhost", NameResolution.Verified);

    /// <summary>Whether the name leads back to the address.</summary>
    public bool IsVerified => Resolution == NameResolution.Verified;

    public static IPAddress Plain(IPAddress address) => ClientNetworks.Plain(address);
}

/// <summary>What came of looking a client's name up: Sendmail's <c>{client_resolve}</c>.</summary>
internal enum NameResolution
{
    /// <summary>The address has no name: FAIL.</summary>
    None,

    /// <summary>The name leads back to the address: OK.</summary>
    Verified,

    /// <summary>It leads elsewhere: FORGED.</summary>
    Forged,

    /// <summary>No resolver could say, or not in time: TEMP.</summary>
    Unknown,
}

/// <summary>Finds out what a client is called, by its PTR record and the way back.</summary>
internal sealed class ClientNames(IDnsResolver dns, TimeProvider clock, bool isWanted)
{
    private const int MostNames = 5;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);

    public async ValueTask<ClientName> FindAsync(IPEndPoint? client, CancellationToken cancellationToken)
    {
        if (client is null)
        {
            return ClientName.Local;
        }

        var address = ClientName.Plain(client.Address);
        if (IPAddress.IsLoopback(address))
        {
            return ClientName.Local with { Address = address };
        }

        var nameless = new ClientName(address, $"[{address}]", Pointer: null, NameResolution.None);
        if (!isWanted)
        {
            return nameless;
        }

        using var limit = new CancellationTokenSource(Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var found = nameless;
        try
        {
            await foreach (var step in AskAsync(nameless, either.Token))
            {
                found = step;
            }

            return found;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return found with { Resolution = NameResolution.Unknown };
        }
    }

    /// <summary>What is known after each answer; the last is what counts.</summary>
    private async IAsyncEnumerable<ClientName> AskAsync(ClientName client, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pointers = await dns.QueryAsync(ReversedAddress.NameOf(client.Address), DnsRecordType.PTR, cancellationToken);
        bool isUnknown = pointers.Status == DnsStatus.Failure;
        yield return client = client with { Resolution = isUnknown ? NameResolution.Unknown : NameResolution.None };
        foreach (string name in pointers.Records.Take(MostNames).Select(HostName.Normalize).OfType<string>())
        {
            yield return client = client with { Pointer = client.Pointer ?? name, Resolution = NameResolution.Unknown };
            var addresses = await dns.QueryAsync(name, AddressRecords.TypeOf(client.Address), cancellationToken);
            if (AddressRecords.Have(addresses, client.Address))
            {
                yield return client with { Name = name, Pointer = name, Resolution = NameResolution.Verified };
                yield break;
            }

            isUnknown |= addresses.Status == DnsStatus.Failure;
            yield return client = client with { Resolution = isUnknown ? NameResolution.Unknown : NameResolution.Forged };
        }
    }
}
