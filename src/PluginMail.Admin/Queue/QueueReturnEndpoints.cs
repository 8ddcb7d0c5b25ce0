using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PluginMail.Queue;
using PluginMail.Storage;

namespace PluginMail.Admin;

/// <summary>Messages back to their senders, over HTTP: what <c>pluginmail queue return</c> does.</summary>
internal static class QueueReturnEndpoints
{
    /// <summary>Adds the routes.</summary>
    public static void Map(IEndpointRouteBuilder api, QueueAdministration queue)
    {
        api.MapPost("/queue/{id:long}/return", (long id, HttpRequest request, CancellationToken token) => ReturnAsync(queue, id, request, token));
        api.MapPost("/queue/return", (HttpRequest request, CancellationToken token) => ReturnAsync(queue, request, token));
    }

    private static async Task<IResult> ReturnAsync(QueueAdministration queue, long id, HttpRequest request, CancellationToken cancellationToken)
    {
        var query = new QueueQuery(request.Query, ["reason"]);
        ReturnReason reason = query.ReadReason();
        if (query.Problem is { } problem)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, problem);
        }

        var key = new QueueId(id);
        return await queue.ReturnAsync(key, new QueueFilter(key), reason, cancellationToken) switch
        {
            QueueReturn.Returned => Answer(new QueueReturns(1, 0, 0, 0)),
            QueueReturn.NullSender or QueueReturn.DoubtfulSender or QueueReturn.Unwanted => Answer(new QueueReturns(0, 1, 0, 0)),
            QueueReturn.Active => Problems.Of(StatusCodes.Status409Conflict, $"Message {id} is being tried at this moment"),
            QueueReturn.Unreachable => Problems.Of(StatusCodes.Status409Conflict, $"The sender of message {id} cannot be reached"),
            _ => await queue.FindAsync(key, cancellationToken) is null ? QueueEndpoints.NotThere(id) : QueueEndpoints.Impossible(id),
        };
    }

    // No "all": what is returned cannot be called back.
    private static async Task<IResult> ReturnAsync(QueueAdministration queue, HttpRequest request, CancellationToken cancellationToken)
    {
        var query = new QueueQuery(request.Query, ["destination", "sender", "state", "reason"]);
        QueueFilter filter = query.ReadFilter();
        ReturnReason reason = query.ReadReason();
        string? problem = query.Problem ?? (filter == QueueFilter.All ? "Say which: destination, sender or state" : null);
        return problem is not null
            ? Problems.Of(StatusCodes.Status400BadRequest, problem)
            : Answer(await queue.ReturnAsync(filter, reason, cancellationToken));
    }

    private static IResult Answer(QueueReturns result) => Results.Json(
        new QueueReturned(result.Returned + result.Unreported, result.Unreported, result.Active, result.Unreachable), ApiJson.Default.QueueReturned);
}
