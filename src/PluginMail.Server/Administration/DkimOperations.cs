using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Server;

/// <summary>DKIM keys of the domains: show, rotate, switch.</summary>
internal static class DkimOperations
{
    public static IReadOnlyDictionary<string, AdminOperation> All { get; } = new Dictionary<string, AdminOperation>
    {
        ["dkim show"] = ShowAsync,
        ["dkim rotate"] = RotateAsync,
        ["dkim switch"] = SwitchAsync,
    };

    private static async Task<AdminResponse> ShowAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        string name = await ReadAsync(services, request, cancellationToken);
        ImmutableArray<DkimKeyState> keys = services.Core.Dkim.List(name);
        return keys.IsEmpty
            ? AdminResponse.Failed($"{name} has no keys; make some: pluginmail dkim rotate {name}, publish their records, then pluginmail dkim switch {name}")
            : new AdminResponse(0, Table: new AdminTable(
                ["name", "type", "text", "state"],
                [.. keys.Select(state => (IReadOnlyList<string>)[state.Key.DnsName, "TXT", state.Key.DnsText, state.IsActive ? "signs" : "waits"])]));
    }

    private static async Task<AdminResponse> RotateAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        string name = await ReadAsync(services, request, cancellationToken);
        services.Core.Dkim.Make(name, isActive: false);
        return await ShowAsync(services, request, cancellationToken);
    }

    private static async Task<AdminResponse> SwitchAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        string name = await ReadAsync(services, request, cancellationToken);
        return services.Core.Dkim.Switch(name)
            ? AdminResponse.Done($"{name} signs with its new keys; leave the old records published for a week, mail that was signed with them is under way")
            : AdminResponse.Failed($"{name} has no keys that wait");
    }

    private static async ValueTask<string> ReadAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        string text = request["domain"];
        return EmailAddress.IsDomain(text) && await services.Store.Directory.FindDomainAsync(text, cancellationToken) is { } domain
            ? domain.Name
            : throw new AdminArgumentException($"'{text}' is not a domain that is served here");
    }
}
