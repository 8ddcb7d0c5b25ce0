using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;

namespace PluginMail.ClamAv;

/// <summary>Asks one clamd after another until one answers. One connection a scan.</summary>
internal sealed class ClamdScanner(ClamAvOptions options, TimeProvider clock, ILogger log)
{
    /// <summary>Scans a message.</summary>
    /// <param name="content">Its octets.</param>
    /// <param name="cancellationToken">The call's end.</param>
    /// <returns>What was found; a clamd that cannot be reached is an answer too.</returns>
    /// <exception cref="OperationCanceledException">The call has ended.</exception>
    public async ValueTask<ScanResult> ScanAsync(MessageContent content, CancellationToken cancellationToken)
    {
        string reasons = "";
        foreach (var address in options.Addresses)
        {
            var result = await ScanAtAsync(address, content, cancellationToken);
            if (result is not ScanResult.Unavailable unavailable)
            {
                return result;
            }

            ClamAvLog.Unavailable(log, address.Text, unavailable.Reason);
            reasons += $"{(reasons.Length > 0 ? "; " : "")}{address.Text}: {unavailable.Reason}";
        }

        return new ScanResult.Unavailable(reasons);
    }

    private async ValueTask<ScanResult> ScanAtAsync(ClamdAddress address, MessageContent content, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.ConnectTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var socket = address.CreateSocket();
        try
        {
            await socket.ConnectAsync(address.EndPoint, either.Token);
            limit.CancelAfter(options.ScanTimeout);
            return await ClamdSession.ScanAsync(socket, content, either.Token);
        }
        catch (SocketException e)
        {
            return new ScanResult.Unavailable(e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ScanResult.Unavailable(socket.Connected ? "no answer in time" : "no connection in time");
        }
    }
}
