using System.Net;
using PluginMail.Abstractions;

namespace PluginMail.Clients;

/// <summary>What an address is called.</summary>
/// <param name="Pointer">The first name that its PTR records give, or the one that leads back; null where there is none.</param>
/// <param name="Resolution">Whether it leads back.</param>
internal readonly record struct ConfirmedName(string? Pointer, NameResolution Resolution)
{
    /// <summary>The name that leads back to the address; null where none does.</summary>
    public string? Verified => Resolution == NameResolution.Verified ? Pointer : null;
}

/// <summary>What came of looking a client's name up, in Sendmail's words its <c>{client_resolve}</c>.</summary>
internal enum NameResolution
{
    /// <summary>The address has no name: FAIL.</summary>
    None,

    /// <summary>A name leads back to the address: OK.</summary>
    Verified,

    /// <summary>They lead elsewhere: FORGED.</summary>
    Forged,

    /// <summary>No resolver could say, or not in time: TEMP.</summary>
    Unknown,
}

/// <summary>Finds out what a client is called: by its first names, of which the first counts that leads back.</summary>
/// <param name="dns">Is asked.</param>
/// <param name="clock">Measures the time.</param>
/// <param name="limit">How long all of it may take; what was found by then stays.</param>
internal sealed class ConfirmedNames(IDnsResolver dns, TimeProvider clock, TimeSpan limit)
{
    private const int MostNames = 5;

    /// <summary>Asks.</summary>
    /// <param name="client">The address, plain as <see cref="ClientNetworks.Plain"/> makes it.</param>
    /// <param name="cancellationToken">The end of the call.</param>
    /// <exception cref="OperationCanceledException">The call has ended.</exception>
    public async ValueTask<ConfirmedName> FindAsync(IPAddress client, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var lookups = new Lookups(dns, either.Token, cancellationToken);
        var (names, isUnsaid) = await ReverseNames.OfAsync(client, lookups);
        if (names.IsEmpty)
        {
            return new ConfirmedName(Pointer: null, isUnsaid ? NameResolution.Unknown : NameResolution.None);
        }

        bool?[] back = await ReverseNames.LeadBackAsync(names.Take(MostNames), client, lookups);
        int verified = Array.IndexOf(back, true);
        return verified >= 0 ? new ConfirmedName(names[verified], NameResolution.Verified)
            : new ConfirmedName(names[0], Array.IndexOf(back, null) >= 0 ? NameResolution.Unknown : NameResolution.Forged);
    }
}
