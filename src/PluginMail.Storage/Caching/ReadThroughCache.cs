using System.Collections.Concurrent;

namespace PluginMail.Storage;

/// <summary>Values read from the store and kept until a change removes them. Bounded: where it is full it starts anew.</summary>
/// <typeparam name="TKey">What is looked up.</typeparam>
/// <typeparam name="TValue">What is found; may be null.</typeparam>
/// <param name="limit">The most that all values may weigh.</param>
/// <param name="weigh">What a value weighs; its key comes on top with one.</param>
internal sealed class ReadThroughCache<TKey, TValue>(long limit, Func<TValue, long> weigh)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TValue> _values = [];
    private readonly Lock _gate = new();
    private long _changes;
    private long _weight;

    /// <summary>Looks a value up, and reads it where it is not known.</summary>
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
                Add(key, value);
            }
        }

        return value;
    }

    public void Remove(TKey key)
    {
        lock (_gate)
        {
            _changes++;
            if (_values.TryRemove(key, out TValue? value))
            {
                _weight -= weigh(value) + 1;
            }
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _changes++;
            _values.Clear();
            _weight = 0;
        }
    }

    private void Add(TKey key, TValue value)
    {
        long weight = weigh(value) + 1;
        if (weight > limit)
        {
            return;
        }

        if (_weight + weight > limit)
        {
            _values.Clear();
            _weight = 0;
        }

        if (_values.TryAdd(key, value))
        {
            _weight += weight;
        }
    }
}
