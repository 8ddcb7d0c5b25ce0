using System.Globalization;
using PluginMail.Abstractions;
using PluginMail.Queue;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>The queue: list, show, send, hold, release, return, remove, clear.</summary>
internal static class QueueOperations
{
    private const int DefaultLimit = 1000;
    private const int MaximumLimit = 100_000;

    public static IReadOnlyDictionary<string, AdminOperation> All { get; } = new Dictionary<string, AdminOperation>
    {
        ["queue list"] = ListAsync,
        ["queue show"] = ShowAsync,
        ["queue send"] = SendAsync,
        ["queue hold"] = (services, request, token) => ChangeAsync(services, request, QueueChange.Hold, "held", token),
        ["queue release"] = (services, request, token) => ChangeAsync(services, request, QueueChange.Release, "released", token),
        ["queue return"] = (services, request, token) => OfEachAsync(request, id => ReturnAsync(services, request, id, token)),
        ["queue remove"] = (services, request, token) => ChangeAsync(services, request, QueueChange.Remove, "removed", token),
        ["queue clear"] = ClearAsync,
    };

    private static async Task<AdminResponse> ListAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        int limit = ReadNumber(request, "limit", DefaultLimit, MaximumLimit);
        QueueId? after = request.Find("after") is null ? null : new QueueId(ReadNumber(request, "after", 0, int.MaxValue));
        IReadOnlyList<QueueListing> entries = await services.Core.QueueAdministration.ListAsync(ReadFilter(request), after, limit, cancellationToken);
        return new AdminResponse(0, Table: new AdminTable(
            ["id", "transaction", "from", "to", "octets", "attempts", "state", "next", "held", "last reply"],
            [.. entries.Select(QueueTables.Row)]));
    }

    private static async Task<AdminResponse> ShowAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        QueueId id = ReadId(request["id"]);
        return await services.Core.QueueAdministration.FindAsync(id, cancellationToken) is { } detail
            ? new AdminResponse(0, Table: QueueTables.Of(detail))
            : NotThere(id);
    }

    private static Task<AdminResponse> SendAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken) =>
        OfEachAsync(request, id =>
        {
            QueueFilter filter = ReadFilter(request) with { Id = id };
            return filter == QueueFilter.All && request.Find("all") is null
                ? throw new AdminArgumentException("say which: an ID, --destination DOMAIN, --sender ADDRESS, or --all")
                : ChangeAsync(services, filter, QueueChange.Send, "tried now", cancellationToken);
        });

    private static Task<AdminResponse> ChangeAsync(
        AdminServices services, AdminRequest request, QueueChange change, string done, CancellationToken cancellationToken) =>
        OfEachAsync(request, id =>
        {
            QueueFilter filter = ReadFilter(request) with { Id = id };
            return filter == QueueFilter.All
                ? throw new AdminArgumentException("say which: an ID, --destination DOMAIN or --sender ADDRESS")
                : ChangeAsync(services, filter, change, done, cancellationToken);
        });

    // Each message that is named by itself; one that is not so does not keep the others from it.
    private static async Task<AdminResponse> OfEachAsync(AdminRequest request, Func<QueueId?, Task<AdminResponse>> change)
    {
        QueueId[] ids = [.. request.Items.Select(ReadId).Distinct()];
        if (request.Find("id") is { } only)
        {
            ids = [ReadId(only), .. ids];
        }

        if (ids.Length <= 1)
        {
            return await change(ids.Length == 0 ? null : ids[0]);
        }

        List<AdminResponse> answers = [];
        foreach (QueueId id in ids)
        {
            answers.Add(await change(id));
        }

        return new AdminResponse(answers.Max(answer => answer.Status), string.Join('\n', answers.Select(answer => answer.Message)));
    }

    private static async Task<AdminResponse> ChangeAsync(
        AdminServices services, QueueFilter filter, QueueChange change, string done, CancellationToken cancellationToken)
    {
        int changed = await services.Core.QueueAdministration.ChangeAsync(filter, change, cancellationToken);
        bool isAnyHeld = change == QueueChange.Send && await services.Core.QueueAdministration.IsAnyHeldAsync(filter, cancellationToken);
        if (filter is { Id: { } id })
        {
            return changed > 0 ? AdminResponse.Done(isAnyHeld
                    ? $"message {id.Value} is {done}, except for recipients that are held: 'queue release {id.Value}' lets them go"
                    : $"message {id.Value} is {done}")
                : isAnyHeld ? AdminResponse.Failed($"message {id.Value} is held and is not sent; 'queue release {id.Value}' lets it go")
                : await services.Store.Queue.FindAsync(id, cancellationToken) is null ? NotThere(id)
                : AdminResponse.Failed($"message {id.Value} has no recipient that could be {done}");
        }

        string held = isAnyHeld ? "; what is held stays so until 'queue release'" : "";
        return AdminResponse.Done((changed == 1 ? $"1 message is {done}" : $"{changed} messages are {done}") + held);
    }

    private static async Task<AdminResponse> ReturnAsync(AdminServices services, AdminRequest request, QueueId? id, CancellationToken cancellationToken)
    {
        QueueFilter filter = ReadFilter(request) with { Id = id };
        if (filter == QueueFilter.All)
        {
            throw new AdminArgumentException("say which: an ID, --destination DOMAIN, --sender ADDRESS or --state STATE");
        }

        if (!ReturnReason.TryParse(request.Find("reason"), out ReturnReason? reason))
        {
            throw new AdminArgumentException($"the reason is to be one line of 1 to {ReturnReason.MaximumLength} printable characters");
        }

        return id is { } one
            ? QueueReturnText.Of(one, await services.Core.QueueAdministration.ReturnAsync(one, filter, reason, cancellationToken))
                ?? (await services.Store.Queue.FindAsync(one, cancellationToken) is null
                    ? NotThere(one)
                    : AdminResponse.Failed($"message {one.Value} has no recipient that could be returned"))
            : QueueReturnText.Of(await services.Core.QueueAdministration.ReturnAsync(filter, reason, cancellationToken));
    }

    private static async Task<AdminResponse> ClearAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        QueueFilter filter = ReadFilter(request);
        if (request.Find("yes") is null)
        {
            int count = (await services.Store.Queue.ListAsync(filter, null, MaximumLimit, cancellationToken)).Count;
            return AdminResponse.Failed($"this would remove {count} messages, and nobody would be told; add --yes if you mean it");
        }

        return await ChangeAsync(services, filter, QueueChange.Remove, "removed", cancellationToken);
    }

    private static AdminResponse NotThere(QueueId id) => AdminResponse.Failed($"there is no message {id.Value} in the queue");

    private static QueueFilter ReadFilter(AdminRequest request) => new(
        Id: null,
        request.Find("destination") is { } domain ? ReadDomain(domain) : null,
        request.Find("sender") is { } sender ? ReadSender(sender) : null,
        request.Find("state") is { } state ? ReadState(state) : null);

    private static string ReadDomain(string text) => EmailAddress.IsDomain(text)
        ? QueueDomain.Of(new EmailAddress("x", text))
        : throw new AdminArgumentException($"'{text}' is not a domain");

    private static string ReadSender(string text) => text is "<>" or "" ? ""
        : EmailAddress.TryParse(text, out EmailAddress? address) ? $"{address.LocalPart}@{address.Domain}"
        : throw new AdminArgumentException($"'{text}' is not an address; the null sender is '<>'");

    private static QueueRecipientStatus ReadState(string text) =>
        Enum.TryParse(text, ignoreCase: true, out QueueRecipientStatus state) && Enum.IsDefined(state) && !char.IsAsciiDigit(text[0])
            ? state
            : throw new AdminArgumentException($"'{text}' is not a state; they are {string.Join(", ", Enum.GetNames<QueueRecipientStatus>()).ToLowerInvariant()}");

    private static QueueId ReadId(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long id) && id > 0
            ? new QueueId(id)
            : throw new AdminArgumentException($"'{text}' is not the number of a queued message");

    private static int ReadNumber(AdminRequest request, string name, int without, int most) =>
        request.Find(name) is not { } text ? without
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 && number <= most ? number
        : throw new AdminArgumentException($"'{text}' is not a number from 1 to {most}");
}
