using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>Domains: add, remove, list.</summary>
internal static class DomainOperations
{
    public static IReadOnlyDictionary<string, AdminOperation> All { get; } = new Dictionary<string, AdminOperation>
    {
        ["domain add"] = AddAsync,
        ["domain remove"] = RemoveAsync,
        ["domain list"] = ListAsync,
    };

    private static async Task<AdminResponse> AddAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        string name = ReadDomain(request["domain"]);
        if (await services.Store.Directory.AddDomainAsync(name, cancellationToken) != DirectoryChange.Done)
        {
            return AdminResponse.Failed($"domain {name} is there already");
        }

        string stored = (await services.Store.Directory.FindDomainAsync(name, cancellationToken))!.Name;
        if (services.Core.Dkim.List(stored).IsEmpty)
        {
            services.Core.Dkim.Make(stored, isActive: true);
        }

        return AdminResponse.Done($"domain {name} added");
    }

    private static async Task<AdminResponse> RemoveAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        string name = ReadDomain(request["domain"]);
        return await services.Store.Directory.RemoveDomainAsync(name, cancellationToken) switch
        {
            DirectoryChange.Done => AdminResponse.Done($"domain {name} removed"),
            DirectoryChange.NotEmpty => AdminResponse.Failed($"domain {name} has accounts or aliases; remove them first"),
            _ => AdminResponse.Failed($"there is no domain {name}"),
        };
    }

    private static async Task<AdminResponse> ListAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        List<IReadOnlyList<string>> rows = [];
        foreach (Domain domain in await services.Store.Directory.ListDomainsAsync(cancellationToken))
        {
            int accounts = (await services.Store.Directory.ListAccountsAsync(domain.Name, cancellationToken)).Count;
            int aliases = (await services.Store.Directory.ListAliasesAsync(domain.Name, cancellationToken)).Count;
            rows.Add([domain.Name, $"{accounts}", $"{aliases}"]);
        }

        return new AdminResponse(0, Table: new AdminTable(["domain", "accounts", "aliases"], rows));
    }

    private static string ReadDomain(string text) => EmailAddress.IsDomain(text) && text[0] != '['
        ? text
        : throw new AdminArgumentException($"'{text}' is not a domain name");
}
