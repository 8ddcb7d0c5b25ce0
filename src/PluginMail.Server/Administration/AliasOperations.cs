using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>Aliases: add, remove, list.</summary>
internal static class AliasOperations
{
    public static IReadOnlyDictionary<string, AdminOperation> All { get; } = new Dictionary<string, AdminOperation>
    {
        ["alias add"] = AddAsync,
        ["alias remove"] = RemoveAsync,
        ["alias list"] = ListAsync,
    };

    private static async Task<AdminResponse> AddAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        EmailAddress address = services.ReadAddress(request["address"]);
        var alias = new AddressAlias(address, [.. request.Items.Select(services.ReadAddress)]);
        if (alias.Targets.IsEmpty)
        {
            throw new AdminArgumentException("an alias needs at least one target");
        }

        return await services.Store.Directory.AddAliasAsync(alias, cancellationToken) switch
        {
            DirectoryChange.Done => AdminResponse.Done($"alias {address} added"),
            DirectoryChange.UnknownDomain => AdminResponse.Failed($"domain {address.Domain} is not served here"),
            _ => AdminResponse.Failed($"{address} is there already"),
        };
    }

    private static async Task<AdminResponse> RemoveAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        EmailAddress address = services.ReadAddress(request["address"]);
        return await services.Store.Directory.RemoveAliasAsync(address, cancellationToken) == DirectoryChange.Done
            ? AdminResponse.Done($"alias {address} removed")
            : AdminResponse.Failed($"there is no alias {address}");
    }

    private static async Task<AdminResponse> ListAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyList<AddressAlias> aliases = await services.Store.Directory.ListAliasesAsync(request.Find("domain"), cancellationToken);
        return new AdminResponse(0, Table: new AdminTable(
            ["alias", "targets"], [.. aliases.Select(alias => (IReadOnlyList<string>)[alias.Address.ToString(), string.Join(", ", alias.Targets)])]));
    }
}
