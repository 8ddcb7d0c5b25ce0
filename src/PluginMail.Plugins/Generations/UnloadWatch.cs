using PluginMail.Plugins.Loading;

namespace PluginMail.Plugins.Generations;

/// <summary>Watches that versions which were let go of leave memory, and reports those that do not.</summary>
internal sealed class UnloadWatch(PluginHostOptions options, TimeProvider clock) : IAsyncDisposable
{
    private const int Collections = 3;
    private const int Nudges = 3;
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Watched> _watched = [];
    private Task _looking = Task.CompletedTask;

    private sealed record Watched(
        PluginSlot Slot, int Number, WeakReference Memory, PluginFolder Copy, long Since, bool IsRetired)
    {
        public bool IsReported { get; set; }
    }

    /// <summary>Watches a version that was unloaded.</summary>
    /// <param name="slot">The plugin.</param>
    /// <param name="generation">The version; only its number, weak reference and copy are kept.</param>
    /// <param name="isRetired">Whether it has served; of one that failed to start only a leak is told.</param>
    public void Add(PluginSlot slot, Generation generation, bool isRetired)
    {
        lock (_watched)
        {
            _watched.Add(new Watched(slot, generation.Number, generation.Memory, generation.Copy, clock.GetTimestamp(), isRetired));
            if (_looking.IsCompleted && !_stopping.IsCancellationRequested)
            {
                _looking = Task.Run(LookAsync);
            }
        }
    }

    /// <summary>Collects, so that only those remain in memory that something refers to.</summary>
    private static void Collect()
    {
        for (int i = 0; i < Collections; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Task looking;
        lock (_watched)
        {
            looking = _looking;
        }

        // A finalizer of a plugin that blocks holds the collecting, and nothing ends it.
        await looking.WaitAsync(options.StopLimit, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Look();
        _stopping.Dispose();
    }

    private async Task LookAsync()
    {
        var stopping = _stopping.Token;
        int nudges = 0;
        while (true)
        {
            await Task.Delay(LookInterval, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
            {
                return;
            }

            // An idle server never collects by itself: a version that is only waiting for that is no leak. Sessions go on meanwhile; only before a
            // leak is told are all threads stopped for as long as it takes to be sure.
            bool isDue = Look();
            nudges = isDue ? nudges + 1 : 0;
            if (nudges > Nudges)
            {
                Collect();
                Look();
                Report();
            }
            else if (isDue)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
            }

            lock (_watched)
            {
                if (_watched.Count == 0)
                {
                    _looking = Task.CompletedTask;
                    return;
                }
            }
        }
    }

    /// <summary>Takes note of those that left memory.</summary>
    /// <returns>Whether the grace time of another has just ended.</returns>
    private bool Look()
    {
        lock (_watched)
        {
            foreach (var watched in _watched.Where(watched => !watched.Memory.IsAlive).ToList())
            {
                _watched.Remove(watched);
                watched.Copy.Delete();
                if (watched.IsRetired)
                {
                    long milliseconds = (long)clock.GetElapsedTime(watched.Since).TotalMilliseconds;
                    watched.Slot.LastUnload = $"version {watched.Number} left memory after {milliseconds} ms";
                    PluginsLog.Unloaded(watched.Slot.Log, watched.Slot.Name, watched.Number, milliseconds);
                }
            }

            return _watched.Any(IsDue);
        }
    }

    private bool IsDue(Watched watched) => !watched.IsReported && clock.GetElapsedTime(watched.Since) >= options.UnloadGrace;

    private void Report()
    {
        lock (_watched)
        {
            foreach (var watched in _watched.Where(IsDue))
            {
                watched.IsReported = true;
                watched.Slot.LastUnload = $"version {watched.Number} is still in memory: something refers to it";
                PluginsLog.Leak(watched.Slot.Log, watched.Slot.Name, watched.Number);
            }
        }
    }
}
