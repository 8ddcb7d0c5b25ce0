using System.Net;
using PluginMail.Abstractions;
using PluginMail.Clients;

namespace PluginMail.Milter.Sessions;

/// <summary>A client as milters are told of it.</summary>
/// <param name="Address">Its address; IPv4 in an IPv6 coat is IPv4.</param>
/// <param name="Pointer">The name that its address has; null where it has none.</param>
/// <param name="Resolution">Whether the name leads back to the address.</param>
internal sealed record ClientName(IPAddress Address, string? Pointer, NameResolution Resolution)
{
    /// <summary>Who brings mail that no client does.</summary>
    public static readonly ClientName Local = new(IPAddress.Loopback, "localhost", NameResolution.Verified);

    /// <summary>Whether the name leads back to the address.</summary>
    public bool IsVerified => Resolution == NameResolution.Verified;

    /// <summary>Its name where that leads back to it, else its address in brackets.</summary>
    public string Name => IsVerified ? Pointer! : $"[{Address}]";

    public static IPAddress Plain(IPAddress address) => ClientNetworks.Plain(address);
}

/// <summary>Finds out what a client is called, where that is wanted.</summary>
internal sealed class ClientNames(IDnsResolver dns, TimeProvider clock, bool isWanted)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);
    private readonly ConfirmedNames _names = new(dns, clock, Deadline);

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

        var found = isWanted ? await _names.FindAsync(address, cancellationToken) : default;
        return new ClientName(address, found.Pointer, found.Resolution);
    }
}
