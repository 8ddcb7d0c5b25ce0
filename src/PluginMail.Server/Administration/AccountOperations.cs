using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>Accounts: add, remove, list, show, password, quota, set.</summary>
internal static class AccountOperations
{
    public static IReadOnlyDictionary<string, AdminOperation> All { get; } = new Dictionary<string, AdminOperation>
    {
        ["account add"] = AddAsync,
        ["account remove"] = RemoveAsync,
        ["account list"] = ListAsync,
        ["account password"] = PasswordAsync,
        ["account quota"] = QuotaAsync,
        ["account set"] = SetAsync,
        ["account show"] = ShowAsync,
    };

    private static async Task<AdminResponse> AddAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        EmailAddress address = services.ReadAddress(request["address"]);
        long? quota = request.Find("quota") is { } text ? SizeText.Read(text) : null;
        DirectoryChange change = await services.Core.NewAccounts.AddAsync(
            address, request.Find("name") ?? "", quota, Verifier(services, request), cancellationToken);
        return change switch
        {
            DirectoryChange.Done => AdminResponse.Done($"account {address} added"),
            DirectoryChange.UnknownDomain => AdminResponse.Failed($"domain {address.Domain} is not served here; add it first: domain add {address.Domain}"),
            DirectoryChange.LimitReached => AdminResponse.Failed($"domain {address.Domain} has all the accounts that its policy allows"),
            _ => AdminResponse.Failed($"{address} is there already"),
        };
    }

    private static async Task<AdminResponse> SetAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        (Account? account, AdminResponse? problem) = await services.FindAccountAsync(request["address"], cancellationToken);
        if (account is null)
        {
            return problem!;
        }

        AccountPolicy Change(AccountPolicy policy) => policy with
        {
            Forwarding = request.FindSwitch("no-forward") == true ? [] : request.Items.Count > 0 ? [.. request.Items.Select(services.ReadAddress)] : policy.Forwarding,
            KeepsCopy = request.FindSwitch("keep-copy") ?? policy.KeepsCopy,
            IsDisabled = request.FindSwitch("disabled") ?? policy.IsDisabled,
            RecipientsPerHour = request.FindNumber("recipients-per-hour") ?? policy.RecipientsPerHour,
        };

        _ = Change(account.Policy); // what is unusable is said before the store is asked
        DirectoryChange change = await services.Store.Directory.ChangeAccountAsync(account.Id, Change, cancellationToken);
        if (change == DirectoryChange.Done && request.Find("name") is { } name)
        {
            change = await services.Store.Directory.SetNameAsync(account.Id, name, cancellationToken);
        }

        if (change == DirectoryChange.Done && request.FindSwitch("disabled") == true)
        {
            services.Listeners?.RevokeLogin(account.Address);
        }

        return change switch
        {
            DirectoryChange.Done => AdminResponse.Done($"account {account.Address} changed"),
            DirectoryChange.LimitReached => AdminResponse.Failed($"mail is forwarded to at most {AccountPolicy.MaximumForwarding} addresses"),
            _ => AdminResponse.Failed($"there is no account {account.Address}"),
        };
    }

    private static async Task<AdminResponse> ShowAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        (Account? account, AdminResponse? problem) = await services.FindAccountAsync(request["address"], cancellationToken);
        if (account is null)
        {
            return problem!;
        }

        AccountUsage usage = await services.Store.Directory.GetUsageAsync(account.Id, cancellationToken);
        return new AdminResponse(0, Table: new AdminTable(
            ["setting", "value"],
            [
                ["address", account.Address.ToString()],
                ["name", account.Name],
                ["quota", account.QuotaOctets == 0 ? "none" : SizeText.Write(account.QuotaOctets)],
                ["holds", $"{usage.Messages} messages, {usage.Octets} octets"],
                ["password", account.Verifier is null ? "none here: plugins are asked" : "kept here"],
                ["forward", string.Join(", ", account.Policy.Forwarding)],
                ["keep copy", account.Policy.KeepsCopy ? "yes" : "no"],
                ["disabled", account.Policy.IsDisabled ? "yes: no login, mail is still taken" : "no"],
                ["recipients per hour", account.Policy.RecipientsPerHour == 0 ? "as mail.toml says" : $"{account.Policy.RecipientsPerHour}"],
            ]));
    }

    private static async Task<AdminResponse> RemoveAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        (Account? account, AdminResponse? problem) = await services.FindAccountAsync(request["address"], cancellationToken);
        if (account is null)
        {
            return problem!;
        }

        await services.Store.Directory.RemoveAccountAsync(account.Id, cancellationToken);
        services.Listeners?.RevokeLogin(account.Address);
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

        ScramVerifier? verifier = Verifier(services, request);
        await services.Store.Directory.SetVerifierAsync(account.Id, verifier, cancellationToken);
        services.Listeners?.RevokeLogin(account.Address);
        return AdminResponse.Done(
            verifier is null ? $"{account.Address} has no password here any more: plugins are asked" : $"the password of {account.Address} is changed");
    }

    private static async Task<AdminResponse> QuotaAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        (Account? account, AdminResponse? problem) = await services.FindAccountAsync(request["address"], cancellationToken);
        if (account is null)
        {
            return problem!;
        }

        long quota = SizeText.Read(request["quota"]);
        await services.Store.Directory.SetQuotaAsync(account.Id, quota, cancellationToken);
        return AdminResponse.Done(quota == 0 ? $"{account.Address} has no quota" : $"{account.Address} may hold {quota} octets");
    }

    private static ScramVerifier? Verifier(AdminServices services, AdminRequest request)
    {
        if (request.FindSwitch("no-password") == true)
        {
            return null;
        }

        string password = request["password"];
        return password.Length == 0
            ? throw new AdminArgumentException("the password is empty")
            : ScramVerifier.Create(password, services.Core.Options.Authentication.Iterations);
    }
}
