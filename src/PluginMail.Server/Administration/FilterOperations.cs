using System.Text;
using PluginMail.Filters;
using PluginMail.Filters.Checking;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>Filters of accounts: put, get, activate, remove.</summary>
internal static class FilterOperations
{
    public static IReadOnlyDictionary<string, AdminOperation> All { get; } = new Dictionary<string, AdminOperation>
    {
        ["filter put"] = PutAsync,
        ["filter get"] = GetAsync,
        ["filter activate"] = ActivateAsync,
        ["filter deactivate"] = DeactivateAsync,
        ["filter remove"] = RemoveAsync,
    };

    private static async Task<AdminResponse> PutAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        (Account? account, AdminResponse? problem) = await services.FindAccountAsync(request["account"], cancellationToken);
        if (account is null)
        {
            return problem!;
        }

        string name = request["name"];
        byte[] text = request.Data ?? throw new AdminArgumentException("the script is missing");
        FilterCompilerOptions options = await services.Core.CompilerOptionsForAsync(account, cancellationToken);
        FilterCompilation compilation = FilterCompiler.Compile(text, name, options);
        string findings = DiagnosticPrinter.Print(compilation.Syntax.Text, compilation.Diagnostics);
        if (compilation.HasErrors)
        {
            return AdminResponse.Failed($"{findings}\nthe script has errors and was not stored");
        }

        bool activate = request.Find("activate") == "true";
        ScriptChange change = await services.Store.Scripts.PutAsync(account.Id, name, text, activate, cancellationToken);
        return change == ScriptChange.Done
            ? AdminResponse.Done($"{findings}filter {name} of {account.Address} stored{(activate ? " and active" : "")}")
            : Failed(change, name);
    }

    private static async Task<AdminResponse> GetAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        (Account? account, AdminResponse? problem) = await services.FindAccountAsync(request["account"], cancellationToken);
        if (account is null)
        {
            return problem!;
        }

        string name = request["name"];
        byte[]? text = await services.Store.Scripts.GetAsync(account.Id, name, cancellationToken);
        return text is null ? Failed(ScriptChange.NotFound, name) : new AdminResponse(0, Text: Encoding.UTF8.GetString(text));
    }

    private static Task<AdminResponse> ActivateAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken) =>
        ActivateAsync(services, request, request["name"], cancellationToken);

    private static Task<AdminResponse> DeactivateAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken) =>
        ActivateAsync(services, request, null, cancellationToken);

    private static async Task<AdminResponse> ActivateAsync(
        AdminServices services, AdminRequest request, string? name, CancellationToken cancellationToken)
    {
        (Account? account, AdminResponse? problem) = await services.FindAccountAsync(request["account"], cancellationToken);
        if (account is null)
        {
            return problem!;
        }

        ScriptChange change = await services.Store.Scripts.ActivateAsync(account.Id, name, cancellationToken);
        return change == ScriptChange.Done
            ? AdminResponse.Done(name is null ? $"no filter of {account.Address} is active" : $"filter {name} of {account.Address} is active")
            : Failed(change, name ?? "");
    }

    private static async Task<AdminResponse> RemoveAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        (Account? account, AdminResponse? problem) = await services.FindAccountAsync(request["account"], cancellationToken);
        if (account is null)
        {
            return problem!;
        }

        string name = request["name"];
        ScriptChange change = await services.Store.Scripts.DeleteAsync(account.Id, name, cancellationToken);
        return change == ScriptChange.Done ? AdminResponse.Done($"filter {name} of {account.Address} removed") : Failed(change, name);
    }

    private static AdminResponse Failed(ScriptChange change, string name) => AdminResponse.Failed(change switch
    {
        ScriptChange.NotFound => $"there is no filter {name}",
        ScriptChange.IsActive => $"filter {name} is active; deactivate it first",
        ScriptChange.InvalidName => $"'{name}' cannot be the name of a filter",
        ScriptChange.OverQuota => "the account has as many filters, or as large ones, as it may have",
        _ => $"filter {name} is there already",
    });
}
