using System.Collections.Concurrent;

namespace PluginMail.Storage;

/// <summary>Values read from the store and kept until a change removes them. Bounded: where it is full it starts anew.</summary>
/// <typeparam name="TKey">What is looked up.</typeparam>
/// <typeparam name="TValue">What is found; may be null.</typeparam>
/// <param name="limit">The most entries.</param>
internal sealed class ReadThroughCache<TKey, TValue>(int limit)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TValue> _values = [];
    private readonly Lock _gate = new();
    private long _changes;

    public async ValueTask<TValue> GetAsync(
        TKey key, Func<TKey, CancellationToken, ValueTask<TValue>> read, CancellationToken cancellationToken)
    {
        if (_values.TryGetValue(key, out TValue? known))
        {
            return known;
        }

        long before = Volatile.Read(ref _changes);
        TValue value = await read(key, cancellationToken);
        lock (_gate)
        {
            // What was read before a change must not outlive it.
            if (before == _changes)
            {
                if (_values.Count >= limit)
                {
                    _values.Clear();
                }

                _values[key] = value;
            }
        }

        return value;
    }

    public void Remove(TKey key)
    {
        lock (_gate)
        {
            _changes++;
            _values.TryRemove(key, out _);
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _changes++;
            _values.Clear();
        }
    }
}
