using System.Globalization;
using PluginMail.Abstractions;
using PluginMail.Configuration.Options;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>Accounts: add, remove, list, password, quota.</summary>
internal static class AccountOperations
{
    public static IReadOnlyDictionary<string, AdminOperation> All { get; } = new Dictionary<string, AdminOperation>
    {
        ["account add"] = AddAsync,
        ["account remove"] = RemoveAsync,
        ["account list"] = ListAsync,
        ["account password"] = PasswordAsync,
        ["account quota"] = QuotaAsync,
    };

    private static async Task<AdminResponse> AddAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        EmailAddress address = services.ReadAddress(request["address"]);
        long quota = request.Find("quota") is { } text ? ReadSize(text) : services.Core.Options.Mailboxes.Quota;
        DirectoryChange change = await services.Store.Directory.AddAccountAsync(
            address,
            request.Find("name") ?? "",
            quota,
            Verifier(services, request["password"]),
            services.Core.Options.Mailboxes.ToFolders(),
            cancellationToken);
        if (change == DirectoryChange.Done)
        {
            await UnsubscribeAsync(services, address, cancellationToken);
        }

        return change switch
        {
            DirectoryChange.Done => AdminResponse.Done($"account {address} added"),
            DirectoryChange.UnknownDomain => AdminResponse.Failed($"domain {address.Domain} is not served here; add it first: domain add {address.Domain}"),
            _ => AdminResponse.Failed($"{address} is there already"),
        };
    }

    private static async Task<AdminResponse> RemoveAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        (Account? account, AdminResponse? problem) = await services.FindAccountAsync(request["address"], cancellationToken);
        if (account is null)
        {
            return problem!;
        }

        await services.Store.Directory.RemoveAccountAsync(account.Id, cancellationToken);
        return AdminResponse.Done($"account {account.Address} removed with its mail");
    }

    private static async Task<AdminResponse> ListAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        List<IReadOnlyList<string>> rows = [];
        foreach (Account account in await services.Store.Directory.ListAccountsAsync(request.Find("domain"), cancellationToken))
        {
            AccountUsage usage = await services.Store.Directory.GetUsageAsync(account.Id, cancellationToken);
            rows.Add([account.Address.ToString(), account.Name, $"{usage.Messages}", $"{usage.Octets}", account.QuotaOctets == 0 ? "none" : $"{account.QuotaOctets}"]);
        }

        return new AdminResponse(0, Table: new AdminTable(["address", "name", "messages", "octets", "quota"], rows));
    }

    private static async Task<AdminResponse> PasswordAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        (Account? account, AdminResponse? problem) = await services.FindAccountAsync(request["address"], cancellationToken);
        if (account is null)
        {
            return problem!;
        }

        await services.Store.Directory.SetVerifierAsync(account.Id, Verifier(services, request["password"]), cancellationToken);
        return AdminResponse.Done($"the password of {account.Address} is changed");
    }

    private static async Task<AdminResponse> QuotaAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        (Account? account, AdminResponse? problem) = await services.FindAccountAsync(request["address"], cancellationToken);
        if (account is null)
        {
            return problem!;
        }

        long quota = ReadSize(request["quota"]);
        await services.Store.Directory.SetQuotaAsync(account.Id, quota, cancellationToken);
        return AdminResponse.Done(quota == 0 ? $"{account.Address} has no quota" : $"{account.Address} may hold {quota} octets");
    }

    // The store subscribes a new account to all its folders; mail.toml may want some unsubscribed.
    private static async Task UnsubscribeAsync(AdminServices services, EmailAddress address, CancellationToken cancellationToken)
    {
        if (await services.Store.Directory.FindAccountAsync(address, cancellationToken) is { } account)
        {
            foreach (FolderOptions folder in services.Core.Options.Mailboxes.Folders.Where(folder => !folder.Subscribed))
            {
                await services.Store.Mailboxes.SubscribeAsync(account.Id, folder.Name, isSubscribed: false, cancellationToken);
            }
        }
    }

    private static ScramVerifier Verifier(AdminServices services, string password) => password.Length == 0
        ? throw new AdminArgumentException("the password is empty")
        : ScramVerifier.Create(password, services.Core.Options.Authentication.Iterations);

    private static long ReadSize(string text)
    {
        int unit = "KMG".IndexOf(char.ToUpperInvariant(text.Length == 0 ? ' ' : text[^1]), StringComparison.Ordinal);
        string digits = unit < 0 ? text : text[..^1];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= long.MaxValue >> 30
            ? number << (10 * (unit + 1))
            : throw new AdminArgumentException($"'{text}' is not a size, as 500M or 2G (0: no limit)");
    }
}
