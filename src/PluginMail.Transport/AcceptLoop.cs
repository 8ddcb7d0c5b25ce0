using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace PluginMail.Transport;

/// <summary>Accepts connections until the address is unbound. Whatever goes wrong with one, the next is accepted after a pause.</summary>
internal sealed class AcceptLoop(IConnectionListener listener, Action<ConnectionContext> begin, TimeProvider clock, ILogger log)
{
    /// <summary>Long enough that a fault that lasts (no file descriptors left) costs no processor and little log.</summary>
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromMilliseconds(200);

    public async Task RunAsync(CancellationToken unbound)
    {
        while (true)
        {
            try
            {
                if (await listener.AcceptAsync(CancellationToken.None) is not { } context)
                {
                    return;
                }

                begin(context);
            }
            catch (Exception e)
            {
                TransportLog.AcceptFailed(log, e.Message);
                if (unbound.IsCancellationRequested)
                {
                    return;
                }

                await Task.Delay(PauseAfterFault, clock, unbound).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
