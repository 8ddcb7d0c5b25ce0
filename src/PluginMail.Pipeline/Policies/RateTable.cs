using PluginMail.Pipeline.Authentication;

namespace PluginMail.Pipeline;

/// <summary>Counts events by key within a window that slides: what the last whole window counted weighs less the longer it is over.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <param name="window">The window.</param>
/// <param name="capacity">Keys kept at the most; the longest unused are forgotten first.</param>
/// <param name="clock">The clock.</param>
internal sealed class RateTable<TKey>(TimeSpan window, int capacity, TimeProvider clock)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly BoundedTable<TKey, Count> _counts = new(capacity);

    /// <summary>How many events of a key the window holds.</summary>
    public double Read(TKey key)
    {
        lock (_lock)
        {
            return Find(key).Estimate(clock.GetUtcNow(), window);
        }
    }

    /// <summary>Counts an event.</summary>
    /// <returns>How many the window holds with it.</returns>
    public double Add(TKey key)
    {
        lock (_lock)
        {
            Count count = Find(key);
            count = count with { Current = count.Current + 1 };
            _counts.Set(key, count);
            return count.Estimate(clock.GetUtcNow(), window);
        }
    }

    private Count Find(TKey key)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (!_counts.TryGet(key, out Count count))
        {
            return new Count(now, 0, 0);
        }

        long passed = (now - count.Start).Ticks / window.Ticks;
        return passed switch
        {
            0 => count,
            1 => new Count(count.Start + window, count.Current, 0),
            _ => new Count(now, 0, 0),
        };
    }

    private readonly record struct Count(DateTimeOffset Start, int Previous, int Current)
    {
        public double Estimate(DateTimeOffset now, TimeSpan window) => Current + (Previous * (1 - ((now - Start) / window)));
    }
}
