using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using PluginMail.Pipeline;

namespace PluginMail.Server;

/// <summary>The events that wait for one plugin, told one after another.</summary>
internal sealed class ObserverQueue
{
    /// <summary>Events that may wait; more are dropped.</summary>
    public const int MaximumWaiting = 10_000;

    private readonly Channel<MailboxEvent> _events = Channel.CreateBounded<MailboxEvent>(
        new BoundedChannelOptions(MaximumWaiting) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private readonly string _plugin;
    private readonly Func<MailboxEvent, CancellationToken, Task> _tell;
    private readonly ILogger _log;
    private readonly Task _running;

    /// <summary>Makes the queue and begins to tell.</summary>
    /// <param name="plugin">The plugin's name in mail.toml.</param>
    /// <param name="tell">Tells the plugin of one event.</param>
    /// <param name="log">Gets what failed.</param>
    /// <param name="cut">Ends it at once; what waits is dropped.</param>
    public ObserverQueue(string plugin, Func<MailboxEvent, CancellationToken, Task> tell, ILogger log, CancellationToken cut)
    {
        _plugin = plugin;
        _tell = tell;
        _log = log;
        _running = Task.Run(() => RunAsync(cut), CancellationToken.None);
    }

    /// <summary>Adds an event, where there is room.</summary>
    public bool TryAdd(MailboxEvent change) => _events.Writer.TryWrite(change);

    /// <summary>Takes no more events.</summary>
    /// <returns>Completes when those that wait are told.</returns>
    public Task CloseAsync()
    {
        _events.Writer.TryComplete();
        return _running;
    }

    private async Task RunAsync(CancellationToken cut)
    {
        await foreach (MailboxEvent change in _events.Reader.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                cut.ThrowIfCancellationRequested();
                await _tell(change, cut);
            }
            catch (OperationCanceledException) when (cut.IsCancellationRequested)
            {
                ServerLog.EventsCut(_log, _plugin, _events.Reader.Count + 1);
                return;
            }
            catch (Exception e)
            {
                ServerLog.EventFailed(_log, _plugin, change.Account.Address, e.Message);
            }
        }
    }
}
