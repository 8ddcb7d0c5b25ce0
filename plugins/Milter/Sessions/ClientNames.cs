using System.Net;
using PluginMail.Abstractions;
using PluginMail.Clients;

namespace PluginMail.Milter.Sessions;

/// <summary>A client as milters are told of it.</summary>
/// <param name="Address">Its address; IPv4 in an IPv6 coat is IPv4.</param>
/// <param name="Name">Its name where that leads back to it, else its address in brackets.</param>
/// <param name="Pointer">The name that its address has; null where it has none.</param>
/// <param name="IsVerified">Whether the name leads back to the address.</param>
internal sealed record ClientName(IPAddress Address, string Name, string? Pointer, bool IsVerified)
{
    /// <summary>Who brings mail that no client does.</summary>
    public static readonly ClientName Local = new(IPAddress.Loopback, "localhost", "localhost", IsVerified: true);

    public static IPAddress Plain(IPAddress address) => ClientNetworks.Plain(address);
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

        var nameless = new ClientName(address, $"[{address}]", Pointer: null, IsVerified: false);
        if (!isWanted)
        {
            return nameless;
        }

        using var limit = new CancellationTokenSource(Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await AskAsync(nameless, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return nameless;
        }
    }

    private async ValueTask<ClientName> AskAsync(ClientName client, CancellationToken cancellationToken)
    {
        var pointers = await dns.QueryAsync(ReversedAddress.NameOf(client.Address), DnsRecordType.PTR, cancellationToken);
        foreach (string record in pointers.Records.Take(MostNames))
        {
            if (HostName.Normalize(record) is not { } name)
            {
                continue;
            }

            client = client with { Pointer = client.Pointer ?? name };
            if (AddressRecords.Have(await dns.QueryAsync(name, AddressRecords.TypeOf(client.Address), cancellationToken), client.Address))
            {
                return client with { Name = name, Pointer = name, IsVerified = true };
            }
        }

        return client;
    }
}
