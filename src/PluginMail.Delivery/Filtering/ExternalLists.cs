using System.Collections.Immutable;
using System.Globalization;
using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>
/// The lists that scripts can name (RFC 6134): the distribution lists of the account's own domain, as tag URIs (RFC 4151),
/// <c>tag:team@example.test,2026:members</c>, whatever the date. Lists of other domains, and address books, which this server does not keep, are not
/// there.
/// </summary>
/// <param name="lists">The distribution lists.</param>
public sealed class ExternalLists(IListStore lists)
{
    private const string Scheme = "tag:";
    private const string Members = "members";
    private static readonly string[] Dates = ["yyyy", "yyyy-MM", "yyyy-MM-dd"];

    /// <summary>The names of the lists that an account's scripts can use.</summary>
    /// <param name="owner">The account.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>By address.</returns>
    public async ValueTask<ImmutableArray<string>> NamesForAsync(EmailAddress owner, CancellationToken cancellationToken) =>
        [.. (await lists.ListListsAsync(owner.Domain, cancellationToken)).Select(NameOf)];

    private static string NameOf(DistributionList list) => $"{Scheme}{list.Address},2026:{Members}";

    /// <summary>The list of a name.</summary>
    /// <param name="name">What a script calls it.</param>
    /// <param name="owner">Whose script it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where there is none that the script can use.</returns>
    public async ValueTask<DistributionList?> FindAsync(string name, EmailAddress owner, CancellationToken cancellationToken) =>
        AddressIn(name) is { } address && address.Domain.Equals(owner.Domain, StringComparison.OrdinalIgnoreCase)
            ? await lists.FindListAsync(address, cancellationToken)
            : null;

    /// <summary>Whether an address is a member of a list; the letters' case does not count.</summary>
    /// <param name="name">What a script calls the list.</param>
    /// <param name="value">The address.</param>
    /// <param name="owner">Whose script it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False where there is no such list.</returns>
    public async ValueTask<bool> ContainsAsync(string name, string value, EmailAddress owner, CancellationToken cancellationToken) =>
        await FindAsync(name, owner, cancellationToken) is { } list
        && list.Members.Any(member => member.ToString().Equals(value, StringComparison.OrdinalIgnoreCase));

    // RFC 4151 section 2.1: "tag:" authority "," date ":" specific.
    private static EmailAddress? AddressIn(string name)
    {
        int comma = name.LastIndexOf(',');
        int colon = name.LastIndexOf(':');
        return name.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && comma > Scheme.Length && colon > comma
            && name.AsSpan(colon + 1).SequenceEqual(Members)
            && DateOnly.TryParseExact(name.AsSpan(comma + 1, colon - comma - 1), Dates, CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            && EmailAddress.TryParse(name[Scheme.Length..comma], out EmailAddress? address) ? address : null;
    }
}
