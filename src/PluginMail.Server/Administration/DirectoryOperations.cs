using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>Domains with all that is in them: export, apply.</summary>
internal static class DirectoryOperations
{
    public static IReadOnlyDictionary<string, AdminOperation> All { get; } = new Dictionary<string, AdminOperation>
    {
        ["domain export"] = ExportAsync,
        ["domain apply"] = ApplyAsync,
    };

    private static async Task<AdminResponse> ExportAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        IDirectoryStore directory = services.Store.Directory;
        List<Domain> domains = [];
        foreach (string name in request.Items)
        {
            if (await directory.FindDomainAsync(DomainOperations.ReadDomain(name), cancellationToken) is not { } domain)
            {
                return AdminResponse.Failed($"there is no domain {name}");
            }

            domains.Add(domain);
        }

        string?[] filters = request.Items.Count == 0 ? [null] : [.. domains.Select(domain => domain.Name)];
        domains = request.Items.Count == 0 ? [.. await directory.ListDomainsAsync(cancellationToken)] : domains;
        List<AccountEntry> accounts = [];
        List<AddressAlias> aliases = [];
        List<DistributionList> lists = [];
        foreach (string? filter in filters)
        {
            accounts.AddRange((await directory.ListAccountsAsync(filter, cancellationToken)).Select(account =>
                new AccountEntry(account.Address, account.Name, account.QuotaOctets, account.Verifier, account.Policy)));
            aliases.AddRange(await directory.ListAliasesAsync(filter, cancellationToken));
            lists.AddRange(await directory.ListListsAsync(filter, cancellationToken));
        }

        return new AdminResponse(0, Text: DirectoryFileWriter.Write(new DirectoryFile([.. domains], [.. accounts], [.. aliases], [.. lists])));
    }

    private static async Task<AdminResponse> ApplyAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        byte[] text = request.Data ?? throw new AdminArgumentException("there is nothing to apply");
        (DirectoryFile? file, IReadOnlyList<string> problems) = DirectoryFileReader.Read(text, request.Find("file") ?? "standard input");
        if (file is null)
        {
            return AdminResponse.Unusable(string.Join('\n', problems));
        }

        var application = new DirectoryApplication(services, isTrial: request.FindSwitch("dry-run") == true);
        await application.RunAsync(file, cancellationToken);
        string changes = application.Changes.Count == 0 ? "nothing to change" : string.Join('\n', application.Changes);
        return application.Problems.Count == 0
            ? AdminResponse.Done(changes)
            : AdminResponse.Failed(string.Join('\n', application.Changes.Concat(application.Problems)));
    }
}
