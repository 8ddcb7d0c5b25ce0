using System.Globalization;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>The queue: list, release what is held, remove.</summary>
internal static class QueueOperations
{
    private const int PageSize = 1000;

    public static IReadOnlyDictionary<string, AdminOperation> All { get; } = new Dictionary<string, AdminOperation>
    {
        ["queue list"] = ListAsync,
        ["queue send"] = SendAsync,
        ["queue remove"] = RemoveAsync,
    };

    private static async Task<AdminResponse> ListAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyList<QueueEntry> entries = await services.Store.Queue.ListAsync(null, PageSize, cancellationToken);
        return new AdminResponse(0, Table: new AdminTable(
            ["id", "transaction", "from", "to", "octets", "attempts", "next", "held", "last reply"],
            [.. entries.Select(Row)]));
    }

    private static async Task<AdminResponse> SendAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(services, request, cancellationToken) is not { } entry)
        {
            return AdminResponse.Failed($"there is no message {request["id"]} in the queue");
        }

        if (await services.Store.Queue.UpdateAsync(
            entry.Id, entry.Recipients, services.Core.Clock.GetUtcNow(), entry.LastReply, holdReason: null, batch: null, cancellationToken) is null)
        {
            return AdminResponse.Failed($"message {entry.Id.Value} has just left the queue");
        }

        services.Core.Queue.Wake();
        return AdminResponse.Done($"message {entry.Id.Value} is tried now");
    }

    private static async Task<AdminResponse> RemoveAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(services, request, cancellationToken) is not { } entry)
        {
            return AdminResponse.Failed($"there is no message {request["id"]} in the queue");
        }

        await services.Store.Queue.UpdateAsync(entry.Id, [], entry.NextAttempt, "removed", null, null, cancellationToken);
        return AdminResponse.Done($"message {entry.Id.Value} is removed");
    }

    private static async Task<QueueEntry?> FindAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        if (!long.TryParse(request["id"], NumberStyles.None, CultureInfo.InvariantCulture, out long id) || id == 0)
        {
            throw new AdminArgumentException($"'{request["id"]}' is not the number of a queued message");
        }

        IReadOnlyList<QueueEntry> found = await services.Store.Queue.ListAsync(new QueueId(id - 1), 1, cancellationToken);
        return found is [var entry] && entry.Id.Value == id ? entry : null;
    }

    private static IReadOnlyList<string> Row(QueueEntry entry) =>
    [
        $"{entry.Id.Value}",
        entry.TransactionId,
        $"<{entry.Sender}>",
        string.Join(", ", entry.Recipients),
        $"{entry.Message.Size}",
        $"{entry.Attempts}",
        $"{entry.NextAttempt:yyyy-MM-dd HH:mm:ss}Z",
        entry.HoldReason ?? "",
        entry.LastReply ?? "",
    ];
}
