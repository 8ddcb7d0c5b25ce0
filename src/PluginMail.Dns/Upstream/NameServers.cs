using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PluginMail.Dns.Wire;

namespace PluginMail.Dns.Upstream;

/// <summary>A set of name servers that stand for one another.</summary>
/// <param name="endPoints">Their addresses, in the order in which they are asked.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class NameServers(ImmutableArray<IPEndPoint> endPoints, TimeProvider clock, ILogger log)
{
    private readonly ImmutableArray<NameServer> _servers = [.. endPoints.Select(endPoint => new NameServer(endPoint, clock, log))];

    /// <summary>Their addresses.</summary>
    public ImmutableArray<IPEndPoint> EndPoints => endPoints;

    /// <summary>
    /// Asks one after another until one has an answer. One that says it cannot answer is not asked again; one that is silent is, in the next round.
    /// </summary>
    /// <returns>A response that is final (no error, or the name does not exist) and whether its server is local; else why there is none.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<Reply> AskAsync(Question question, ResolverOptions options, CancellationToken cancellationToken)
    {
        string reason = "no server";
        List<NameServer> open = [.. _servers.OrderBy(static server => server.IsAvoided)];
        for (int round = 0; round < options.Attempts && open.Count > 0; round++)
        {
            foreach (NameServer server in open.ToArray())
            {
                (ResponseMessage? response, string fault) = await TryAsync(server, question, options.TryTime, cancellationToken);
                if (response is { Code: ResponseCode.NoError or ResponseCode.NameError, IsReferral: false })
                {
                    return new Reply(response, server.IsLocal, "");
                }

                reason = $"{server.EndPoint} {fault}";
                if (response is not null)
                {
                    open.Remove(server);
                }
            }
        }

        return new Reply(null, IsLocal: false, reason);
    }

    private async Task<(ResponseMessage? Response, string Fault)> TryAsync(
        NameServer server, Question question, TimeSpan time, CancellationToken cancellationToken)
    {
        try
        {
            ResponseMessage? response = await ExchangeAsync(server.EndPoint, question, extended: true, time, cancellationToken);
            if (response is { Code: ResponseCode.FormatError or ResponseCode.NotImplemented })
            {
                // A server that does not know EDNS (RFC 6891 section 7).
                response = await ExchangeAsync(server.EndPoint, question, extended: false, time, cancellationToken);
            }

            if (response is not null)
            {
                server.Answered();
                return (response, response.IsReferral ? "does not recurse" : $"says {response.Code}");
            }

            server.Failed();
            return (null, "sends no DNS");
        }
        catch (SocketException e)
        {
            server.Failed();
            return (null, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            server.Failed();
            return (null, "does not answer");
        }
    }

    private async Task<ResponseMessage?> ExchangeAsync(
        IPEndPoint server, Question question, bool extended, TimeSpan time, CancellationToken cancellationToken)
    {
        ResponseMessage? response = await InTimeAsync(token => Exchange.OverUdpAsync(server, question, extended, token)!);
        return response is { IsTruncated: true }
            ? await InTimeAsync(token => Exchange.OverTcpAsync(server, question, extended, token))
            : response;

        async Task<ResponseMessage?> InTimeAsync(Func<CancellationToken, Task<ResponseMessage?>> exchange)
        {
            using var timeout = new CancellationTokenSource(time, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            return await exchange(either.Token);
        }
    }
}

/// <summary>What came of asking.</summary>
/// <param name="Response">The response; null where no server has one.</param>
/// <param name="IsLocal">Whether its server is on loopback.</param>
/// <param name="Reason">Why there is none.</param>
internal readonly record struct Reply(ResponseMessage? Response, bool IsLocal, string Reason);
