using System.Diagnostics.CodeAnalysis;

namespace PluginMail.Pipeline.Authentication;

/// <summary>A table that never grows beyond a bound: when its younger half is full, the older half is forgotten. What is used stays.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TValue">The value.</typeparam>
/// <param name="capacity">The most entries.</param>
/// <remarks>Not safe for concurrent calls: the owner locks.</remarks>
internal sealed class BoundedTable<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly int _half = Math.Max(1, capacity / 2);
    private Dictionary<TKey, TValue> _young = [];
    private Dictionary<TKey, TValue> _old = [];

    /// <summary>How many entries there are at the most.</summary>
    public int Count => _young.Count + _old.Count;

    /// <summary>Finds an entry.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_young.TryGetValue(key, out value))
        {
            return true;
        }

        if (!_old.Remove(key, out value))
        {
            return false;
        }

        Set(key, value);
        return true;
    }

    /// <summary>Puts an entry, in place of an older one of the same key.</summary>
    public void Set(TKey key, TValue value)
    {
        if (_young.Count >= _half && !_young.ContainsKey(key))
        {
            _old = _young;
            _young = [];
        }

        _young[key] = value;
        _old.Remove(key);
    }

    /// <summary>Takes an entry out.</summary>
    public void Remove(TKey key)
    {
        _young.Remove(key);
        _old.Remove(key);
    }
}
