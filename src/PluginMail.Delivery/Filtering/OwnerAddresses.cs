using System.Collections.Frozen;
using System.Collections.Immutable;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>The addresses of an account: its own and the aliases that name it. Read anew when the directory has changed.</summary>
/// <param name="directory">Accounts and aliases.</param>
public sealed class OwnerAddresses(IDirectoryStore directory)
{
    private volatile Table? _table;

    /// <summary>The addresses of an account, its own first.</summary>
    /// <param name="account">The account.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>At least one.</returns>
    public async ValueTask<ImmutableArray<string>> OfAsync(Account account, CancellationToken cancellationToken)
    {
        long version = directory.Version;
        Table? table = _table;
        if (table is null || table.Version != version)
        {
            _table = table = new Table(version, await ReadAsync(cancellationToken));
        }

        string own = account.Address.ToString();
        return table.Aliases.TryGetValue(own, out ImmutableArray<string> aliases) ? [own, .. aliases] : [own];
    }

    private async ValueTask<FrozenDictionary<string, ImmutableArray<string>>> ReadAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<AddressAlias> aliases = await directory.ListAliasesAsync(null, cancellationToken);
        return aliases
            .SelectMany(alias => alias.Targets.Select(target => (Target: target.ToString(), Alias: alias.Address.ToString())))
            .GroupBy(pair => pair.Target, pair => pair.Alias, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(group => group.Key, group => group.ToImmutableArray(), StringComparer.OrdinalIgnoreCase);
    }

    private sealed record Table(long Version, FrozenDictionary<string, ImmutableArray<string>> Aliases);
}
