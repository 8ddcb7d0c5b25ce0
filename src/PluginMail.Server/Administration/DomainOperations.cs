using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>Domains: add, remove, list, show, set.</summary>
internal static class DomainOperations
{
    public static IReadOnlyDictionary<string, AdminOperation> All { get; } = new Dictionary<string, AdminOperation>
    {
        ["domain add"] = AddAsync,
        ["domain remove"] = RemoveAsync,
        ["domain list"] = ListAsync,
        ["domain set"] = SetAsync,
        ["domain show"] = ShowAsync,
    };

    private static async Task<AdminResponse> AddAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        string name = ReadDomain(request["domain"]);
        if (await services.Store.Directory.AddDomainAsync(name, cancellationToken) != DirectoryChange.Done)
        {
            return AdminResponse.Failed($"domain {name} is there already");
        }

        await MakeKeysAsync(services, name, cancellationToken);
        return AdminResponse.Done($"domain {name} added");
    }

    /// <summary>Makes the keys that a new domain signs with, where it has none from before.</summary>
    /// <exception cref="IOException">They cannot be written.</exception>
    public static async Task MakeKeysAsync(AdminServices services, string domain, CancellationToken cancellationToken)
    {
        string stored = (await services.Store.Directory.FindDomainAsync(domain, cancellationToken))!.Name;
        if (services.Core.Dkim.List(stored).IsEmpty)
        {
            services.Core.Dkim.Make(stored, isActive: true);
        }
    }

    private static async Task<AdminResponse> RemoveAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        string name = ReadDomain(request["domain"]);
        return await services.Store.Directory.RemoveDomainAsync(name, cancellationToken) switch
        {
            DirectoryChange.Done => AdminResponse.Done($"domain {name} removed"),
            DirectoryChange.NotEmpty => AdminResponse.Failed($"domain {name} has accounts, aliases or lists, or another domain stands for it; remove them first"),
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

    private static async Task<AdminResponse> SetAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        string name = ReadDomain(request["domain"]);
        if (await services.Store.Directory.FindDomainAsync(name, cancellationToken) is not { } domain)
        {
            return AdminResponse.Failed($"there is no domain {name}");
        }

        DomainPolicy Change(DomainPolicy policy) => DomainSettings.Check(policy with
        {
            CatchAll = DomainSettings.Given(request, "catch-all", policy.CatchAll, text => ReadAddress(services, text, name)),
            AliasOf = DomainSettings.Given(request, "alias-of", policy.AliasOf, ReadDomain),
            Relay = request.FindWord<DomainRelay>("relay") ?? policy.Relay,
            SubaddressSeparator = request.Find("subaddress") ?? policy.SubaddressSeparator,
            DefaultQuotaOctets = request.Find("quota") is { } quota ? SizeText.Read(quota) : policy.DefaultQuotaOctets,
            MaximumMessageSize = request.Find("message-size") is { } size ? SizeText.Read(size) : policy.MaximumMessageSize,
            MaximumAccounts = request.FindNumber("accounts") ?? policy.MaximumAccounts,
        });

        _ = Change(domain.Policy); // what is unusable is said before the store is asked
        return await services.Store.Directory.ChangeDomainAsync(name, Change, cancellationToken) switch
        {
            DirectoryChange.Done => AdminResponse.Done($"domain {name} changed"),
            DirectoryChange.UnknownDomain => AdminResponse.Failed($"{request.Find("alias-of")} is not another domain served here"),
            _ => AdminResponse.Failed($"there is no domain {name}"),
        };
    }

    private static async Task<AdminResponse> ShowAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        string name = ReadDomain(request["domain"]);
        return await services.Store.Directory.FindDomainAsync(name, cancellationToken) is { } domain
            ? new AdminResponse(0, Table: new AdminTable(["setting", "value"], [.. DomainSettings.Show(domain), .. PublishedRecords.Of(services.Core, domain)]))
            : AdminResponse.Failed($"there is no domain {name}");
    }

    // A bare name is one of the domain itself.
    private static EmailAddress ReadAddress(AdminServices services, string text, string domain) =>
        services.ReadAddress(text.Contains('@', StringComparison.Ordinal) ? text : $"{text}@{domain}");

    internal static string ReadDomain(string text) => EmailAddress.IsDomain(text) && text[0] != '['
        ? text
        : throw new AdminArgumentException($"'{text}' is not a domain name");
}
