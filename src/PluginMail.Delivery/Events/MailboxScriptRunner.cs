using PluginMail.Pipeline;

namespace PluginMail.Delivery;

/// <summary>
/// Runs scripts on IMAP events (RFC 6785). A command waits for its scripts, so that its client sees what they did with its own answer; after a
/// bounded time they go on beside it. Those of one account run in the order of its events. What scripts do is no event: they never lead to another.
/// </summary>
/// <remarks>Events are not kept on disk: those of a server that is killed are lost, as the command's answer may be.</remarks>
/// <param name="services">What the scripts need around them.</param>
public sealed class MailboxScriptRunner(EventServices services) : IMailboxScripts, IAsyncDisposable
{
    private readonly CancellationTokenSource _cut = new();
    private readonly SemaphoreSlim _gate = new(Math.Max(1, Environment.ProcessorCount));
    private EventLanes? _lanes;

    /// <summary>How many messages of one account may wait for their scripts; further commands of the account wait for room.</summary>
    internal int MostWaiting { get; init; } = 200_000;

    private EventLanes Lanes => LazyInitializer.EnsureInitialized(ref _lanes, () => new EventLanes(MostWaiting, _cut.Token));

    /// <inheritdoc/>
    public async ValueTask RunAsync(MailboxScriptEvent happened, CancellationToken cancellationToken)
    {
        bool isTaken = false;
        try
        {
            if (happened.Count == 0 || await services.Scripts.FindAsync(happened, _cut.Token) is not { } scripts)
            {
                return; // the common case
            }

            if (await Lanes.AddAsync(happened.Account.Id, happened.Count, token => RunAsync(happened, scripts, token), cancellationToken) is { } run)
            {
                isTaken = true;
                await run.WaitAsync(services.Options().Events.Wait, services.Clock, cancellationToken);
            }
            else
            {
                DeliveryLog.EventsNotRun(services.Log, happened.Count);
            }
        }
        catch (TimeoutException)
        {
            DeliveryLog.EventGoesOn(services.Log, happened.Account.Address, happened.Folder.Name, happened.Count);
        }
        catch (OperationCanceledException) when (isTaken)
        {
            // The client has gone. What was taken goes on.
        }
        catch (OperationCanceledException)
        {
            DeliveryLog.EventsNotRun(services.Log, happened.Count);
        }
        catch (Exception e)
        {
            DeliveryLog.EventFailed(services.Log, happened.Account.Address, happened.Folder.Name, e.Message); // the command is done, whatever becomes of scripts
        }
    }

    /// <summary>Lets scripts that run or wait go on for as long as the patience lasts.</summary>
    /// <returns>Completes when they have ended.</returns>
    public async ValueTask DisposeAsync()
    {
        Task all = Lanes.CloseAsync();
        try
        {
            await all.WaitAsync(services.Patience(), services.Clock);
        }
        catch (TimeoutException)
        {
            DeliveryLog.EventsNotRun(services.Log, Lanes.Waiting);
            await _cut.CancelAsync();
            await all;
        }

        _cut.Dispose();
        _gate.Dispose();
    }

    private async Task RunAsync(MailboxScriptEvent happened, ActiveFilters scripts, CancellationToken cancellationToken)
    {
        try
        {
            await new EventRun(services, happened, scripts).RunAsync(_gate, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The server stops; how much is left undone is said once for all.
        }
        catch (Exception e)
        {
            DeliveryLog.EventFailed(services.Log, happened.Account.Address, happened.Folder.Name, e.Message);
        }
    }
}
