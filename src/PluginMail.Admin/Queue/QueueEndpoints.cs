using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PluginMail.Queue;
using PluginMail.Storage;

namespace PluginMail.Admin;

/// <summary>The queue over HTTP: what <c>pluginmail queue</c> does, with the same names.</summary>
internal static class QueueEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaximumLimit = 1000;

    /// <summary>Adds the routes under <c>/queue</c>.</summary>
    public static void Map(IEndpointRouteBuilder api, QueueAdministration queue)
    {
        api.MapGet("/queue", (HttpRequest request, CancellationToken token) => ListAsync(queue, request, token));
        api.MapGet("/queue/{id:long}", (long id, CancellationToken token) => ShowAsync(queue, id, token));
        api.MapDelete("/queue/{id:long}", (long id, CancellationToken token) => ChangeAsync(queue, id, QueueChange.Remove, token));
        api.MapDelete("/queue", (HttpRequest request, CancellationToken token) => ChangeAsync(queue, request, QueueChange.Remove, token));
        foreach (QueueChange change in (QueueChange[])[QueueChange.Send, QueueChange.Hold, QueueChange.Release])
        {
            string verb = QueueMessage.Word(change);
            api.MapPost($"/queue/{{id:long}}/{verb}", (long id, CancellationToken token) => ChangeAsync(queue, id, change, token));
            api.MapPost($"/queue/{verb}", (HttpRequest request, CancellationToken token) => ChangeAsync(queue, request, change, token));
        }

        QueueReturnEndpoints.Map(api, queue);
    }

    private static async Task<IResult> ListAsync(QueueAdministration queue, HttpRequest request, CancellationToken cancellationToken)
    {
        var query = new QueueQuery(request.Query, ["destination", "sender", "state", "limit", "after"]);
        QueueFilter filter = query.ReadFilter();
        int limit = query.ReadNumber("limit", DefaultLimit, MaximumLimit);
        QueueId? after = query.ReadNumber("after", 0, long.MaxValue) is > 0 and var id ? new QueueId(id) : null;
        if (query.Problem is { } problem)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, problem);
        }

        IReadOnlyList<QueueListing> entries = await queue.ListAsync(filter, after, limit, cancellationToken);
        return Results.Json(
            new QueuePage([.. entries.Select(QueueMessage.Of)], entries.Count == limit ? entries[^1].Entry.Id.Value : null), ApiJson.Default.QueuePage);
    }

    private static async Task<IResult> ShowAsync(QueueAdministration queue, long id, CancellationToken cancellationToken) =>
        await queue.FindAsync(new QueueId(id), cancellationToken) is { } detail
            ? Results.Json(QueueMessage.Of(detail), ApiJson.Default.QueueMessage)
            : NotThere(id);

    private static async Task<IResult> ChangeAsync(QueueAdministration queue, long id, QueueChange change, CancellationToken cancellationToken)
    {
        var key = new QueueId(id);
        int changed = await queue.ChangeAsync(new QueueFilter(key), change, cancellationToken);
        return changed > 0 ? Changed(changed)
            : change == QueueChange.Send && await queue.IsAnyHeldAsync(new QueueFilter(key), cancellationToken)
                ? Problems.Of(StatusCodes.Status409Conflict, $"Message {id} is held and is not sent; release lets it go")
            : await queue.FindAsync(key, cancellationToken) is null ? NotThere(id)
            : Impossible(id);
    }

    private static async Task<IResult> ChangeAsync(
        QueueAdministration queue, HttpRequest request, QueueChange change, CancellationToken cancellationToken)
    {
        var query = new QueueQuery(request.Query, ["destination", "sender", "state", "all"]);
        QueueFilter filter = query.ReadFilter();
        if (query.Problem is null && filter == QueueFilter.All && !query.ReadAll())
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "Say which: destination, sender, state, or all=true");
        }

        return query.Problem is { } problem
            ? Problems.Of(StatusCodes.Status400BadRequest, problem)
            : Changed(await queue.ChangeAsync(filter, change, cancellationToken));
    }

    private static IResult Changed(int count) => Results.Json(new QueueChanged(count), ApiJson.Default.QueueChanged);

    /// <summary>409: it is there, and this cannot be done to it.</summary>
    public static IResult Impossible(long id) =>
        Problems.Of(StatusCodes.Status409Conflict, $"Message {id} has no recipient that this is possible for");

    /// <summary>404: it is not there.</summary>
    public static IResult NotThere(long id) => Problems.Of(StatusCodes.Status404NotFound, $"There is no message {id} in the queue");
}
