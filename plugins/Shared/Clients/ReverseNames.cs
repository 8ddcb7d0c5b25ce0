using System.Net;
using PluginMail.Abstractions;

namespace PluginMail.Clients;

/// <summary>What an address is called.</summary>
/// <param name="Pointer">The first name that its PTR records give; null where there is none.</param>
/// <param name="Verified">The first of them that leads back to it; null where none does.</param>
internal readonly record struct ReverseName(string? Pointer, string? Verified);

/// <summary>Finds out what a client is called, by its PTR records and the way back (A, AAAA).</summary>
/// <param name="dns">Is asked.</param>
/// <param name="clock">Measures the time.</param>
/// <param name="limit">How long all of it may take; a name that is not found in time is none.</param>
internal sealed class ReverseNames(IDnsResolver dns, TimeProvider clock, TimeSpan limit)
{
    private const int MostNames = 5;

    /// <summary>Asks.</summary>
    /// <param name="client">The address, plain as <see cref="ClientNetworks.Plain"/> makes it.</param>
    /// <param name="cancellationToken">The end of the call.</param>
    /// <exception cref="OperationCanceledException">The call has ended.</exception>
    public async ValueTask<ReverseName> FindAsync(IPAddress client, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await AskAsync(client, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return default;
        }
    }

    private async ValueTask<ReverseName> AskAsync(IPAddress client, CancellationToken cancellationToken)
    {
        var pointers = await dns.QueryAsync(ReversedAddress.NameOf(client), DnsRecordType.PTR, cancellationToken);
        string? first = null;
        foreach (string name in pointers.Records.Take(MostNames).Select(HostName.Normalize).OfType<string>())
        {
            first ??= name;
            if (AddressRecords.Have(await dns.QueryAsync(name, AddressRecords.TypeOf(client), cancellationToken), client))
            {
                return new ReverseName(first, name);
            }
        }

        return new ReverseName(first, Verified: null);
    }
}
