using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Plugins.Roles;

namespace PluginMail.Plugins.Generations;

/// <summary>What one version of a plugin does by itself, from the moment it serves until it is replaced.</summary>
internal sealed class BackgroundWork(string plugin, TimeProvider clock, ILogger log, TimeSpan restartPause) : IDisposable
{
    private const int LongestPauseFactor = 64;

    private const int MostThreads = 64;

    /// <summary>A timer takes no more than 49.7 days: longer pauses are made of several.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(30);

    private readonly CancellationTokenSource _retiring = new();
    private readonly Workers _workers = new(
        $"plugin {plugin} background", MostThreads, e => PluginsLog.ScheduledFault(log, plugin, FaultText.Trace(e)));
    private readonly Lock _lock = new();
    private readonly List<Func<CancellationToken, Task>> _pending = [];
    private readonly List<Task> _running = [];
    private bool _isLive;

    /// <summary>Runs work again and again; begins when the version serves.</summary>
    public void Schedule(TimeSpan period, Func<CancellationToken, ValueTask> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.FromMilliseconds(1));
        Run(retiring => RepeatAsync(period, work, retiring));
    }

    /// <summary>From now on this version serves.</summary>
    public void Start(ImmutableArray<IBackgroundService> services)
    {
        foreach (var service in services)
        {
            Run(retiring => SuperviseAsync(service, retiring));
        }

        lock (_lock)
        {
            _isLive = true;
            _pending.ForEach(Begin);
            _pending.Clear();
        }
    }

    /// <summary>Ends all work and waits for that.</summary>
    public async ValueTask StopAsync(TimeSpan limit)
    {
        Task all;
        lock (_lock)
        {
            _pending.Clear();
            all = Task.WhenAll(_running);
            _running.Clear();
        }

        Ending ending = new();
        await ending.TryAsync("telling it to stop", () => _retiring.CancelAsync().WaitAsync(limit, clock));
        await ending.TryAsync("waiting for it", () => all.WaitAsync(limit, clock));
        if (ending.Fault is { } fault)
        {
            PluginsLog.BackgroundDidNotStop(log, plugin, fault);
        }
    }

    public void Dispose()
    {
        _workers.Dispose();
        _retiring.Dispose();
    }

    private void Run(Func<CancellationToken, Task> work)
    {
        lock (_lock)
        {
            if (_isLive)
            {
                Begin(work);
            }
            else
            {
                _pending.Add(work);
            }
        }
    }

    private void Begin(Func<CancellationToken, Task> work)
    {
        _running.RemoveAll(task => task.IsCompleted);
        if (!_retiring.IsCancellationRequested)
        {
            var retiring = _retiring.Token;
            _running.Add(Task.Run(() => work(retiring), retiring));
        }
    }

    private async Task RepeatAsync(TimeSpan period, Func<CancellationToken, ValueTask> work, CancellationToken retiring)
    {
        while (await PauseAsync(period, retiring))
        {
            try
            {
                await OnWorkerAsync(() => work(retiring).AsTask());
            }
            catch (Exception) when (retiring.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                PluginsLog.ScheduledFault(log, plugin, FaultText.Trace(e));
            }
        }
    }

    /// <summary>Runs a background service, and runs it again, after a growing pause, when it ends by a fault.</summary>
    private async Task SuperviseAsync(IBackgroundService service, CancellationToken retiring)
    {
        for (int factor = 1; ; factor = Math.Min(factor * 2, LongestPauseFactor))
        {
            long begun = clock.GetTimestamp();
            try
            {
                await OnWorkerAsync(() => service.RunAsync(retiring));
                return;
            }
            catch (Exception) when (retiring.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // One that ran for long is not failing at its start: the pause begins anew.
                factor = clock.GetElapsedTime(begun) > restartPause * LongestPauseFactor ? 1 : factor;
                PluginsLog.BackgroundFault(log, plugin, (long)(restartPause * factor).TotalSeconds, FaultText.Trace(e));
            }

            if (!await PauseAsync(restartPause * factor, retiring))
            {
                return;
            }
        }
    }

    /// <summary>Begins work on a thread of the plugin's own: one that blocks takes none that sessions need.</summary>
    private async Task OnWorkerAsync(Func<Task> work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _workers.Enqueue(async () =>
        {
            try
            {
                await (work() ?? throw new InvalidOperationException("returned null instead of a task")).ConfigureAwait(false);
                done.TrySetResult();
            }
            catch (Exception e)
            {
                done.TrySetException(e);
            }
        });
        await done.Task;
    }

    /// <returns>False where the version retires meanwhile.</returns>
    private async ValueTask<bool> PauseAsync(TimeSpan pause, CancellationToken retiring)
    {
        for (var left = pause; left > TimeSpan.Zero && !retiring.IsCancellationRequested; left -= LongestDelay)
        {
            var piece = left < LongestDelay ? left : LongestDelay;
            await Task.Delay(piece, clock, retiring).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return !retiring.IsCancellationRequested;
    }
}
