using System.Collections.Frozen;

namespace PluginMail.Server;

/// <summary>All operations by name. Each noun's operations lie in one file; the command line, the control socket and tests call them here.</summary>
internal static class AdminOperations
{
    private static readonly FrozenDictionary<string, AdminOperation> All = new IEnumerable<KeyValuePair<string, AdminOperation>>[]
    {
        DomainOperations.All,
        DkimOperations.All,
        AccountOperations.All,
        AliasOperations.All,
        ListOperations.All,
        DirectoryOperations.All,
        FilterOperations.All,
        FilterListOperations.All,
        FilterWordOperations.All,
        FilterPreviewOperations.All,
        FilterJobOperations.All,
        PluginOperations.All,
        PluginInstallOperations.All,
        QueueOperations.All,
        TokenOperations.All,
        MaintenanceOperations.All,
        MessageOperations.All,
    }.SelectMany(operations => operations).ToFrozenDictionary();

    /// <summary>Runs an operation. Whatever happens is a response.</summary>
    public static async Task<AdminResponse> RunAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        if (!All.TryGetValue(request.Operation, out AdminOperation? operation))
        {
            return AdminResponse.Unusable($"there is no operation '{request.Operation}'");
        }

        try
        {
            return await operation(services, request, cancellationToken);
        }
        catch (AdminArgumentException e)
        {
            return AdminResponse.Unusable(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return AdminResponse.Failed(e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            ServerLog.ControlFailed(services.Core.Loggers.CreateLogger(LogCategories.Control), e.ToString());
            return AdminResponse.Failed($"{request.Operation} failed: {e.Message}");
        }
    }
}

/// <summary>Does what was asked.</summary>
internal delegate Task<AdminResponse> AdminOperation(AdminServices services, AdminRequest request, CancellationToken cancellationToken);
