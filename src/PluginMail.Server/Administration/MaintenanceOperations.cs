using PluginMail.Configuration;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>The store and the settings: backup, check, reclaim, reload.</summary>
internal static class MaintenanceOperations
{
    public static IReadOnlyDictionary<string, AdminOperation> All { get; } = new Dictionary<string, AdminOperation>
    {
        ["backup"] = BackupAsync,
        ["mailbox check"] = CheckAsync,
        ["mailbox reclaim"] = ReclaimAsync,
        ["config reload"] = ReloadAsync,
    };

    private static async Task<AdminResponse> BackupAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        string folder = request["folder"];
        long octets = await services.Store.Maintenance.BackupAsync(folder, progress: null, cancellationToken);
        KeyFiles.Save(services.Core.Data, folder);
        return AdminResponse.Done($"{octets} octets copied to {folder}");
    }

    private static async Task<AdminResponse> CheckAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        StoreCheckReport report = await services.Store.Maintenance.CheckAsync(cancellationToken);
        return report.Problems.Count == 0
            ? AdminResponse.Done($"{report.Bodies} messages, {report.Octets} octets: no problem")
            : AdminResponse.Failed(string.Join('\n', report.Problems));
    }

    private static async Task<AdminResponse> ReclaimAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken) =>
        AdminResponse.Done($"{await services.Core.ReclaimAsync(cancellationToken)} octets given back");

    private static async Task<AdminResponse> ReloadAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        if (services.Reload is null)
        {
            return AdminResponse.Failed("no server runs");
        }

        (ConfigurationResult result, IReadOnlyList<string> problems) = await services.Reload();
        return !result.IsUsable ? AdminResponse.Failed($"{string.Join('\n', result.Errors)}\nthe old settings go on serving")
            : problems.Count > 0 ? AdminResponse.Failed($"mail.toml was read again, but:\n{string.Join('\n', problems)}")
            : AdminResponse.Done("mail.toml was read again");
    }
}
