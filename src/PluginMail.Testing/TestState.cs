using System.Buffers.Binary;
using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Testing;

/// <summary>A plugin's state in memory, with expiry by the test's clock and the server's bounds on keys and values.</summary>
/// <param name="clock">The clock.</param>
public sealed class TestState(TimeProvider clock) : IStateStore
{
    private const int LongestKey = 512;
    private const int LargestValue = 64 << 10;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (byte[] Value, DateTimeOffset Until)> _values = new(StringComparer.Ordinal);

    /// <summary>The keys that have not expired.</summary>
    public IReadOnlyList<string> Keys
    {
        get
        {
            lock (_lock)
            {
                return [.. _values.Where(entry => entry.Value.Until > clock.GetUtcNow()).Select(entry => entry.Key).Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return new(Find(key));
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> CompareExchangeAsync(
        string key, byte[]? expected, byte[]? value, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            byte[]? found = Find(key);
            if (found is null != expected is null || !found.AsSpan().SequenceEqual(expected))
            {
                return new(false);
            }

            if (value is null)
            {
                _values.Remove(key);
            }
            else
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, LargestValue, nameof(value));
                _values[key] = ([.. value], Until(lifetime));
            }

            return new(true);
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> AddAsync(string key, long amount, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            byte[]? found = Find(key);
            long sum = (found is null ? 0 : BinaryPrimitives.ReadInt64LittleEndian(found)) + amount;
            byte[] value = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(value, sum);
            _values[key] = (value, found is null ? Until(lifetime) : _values[key].Until);
            return new(sum);
        }
    }

    private byte[]? Find(string key)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Encoding.UTF8.GetByteCount(key), LongestKey, nameof(key));
        return _values.TryGetValue(key, out var entry) && entry.Until > clock.GetUtcNow() ? entry.Value : null;
    }

    private DateTimeOffset Until(TimeSpan lifetime)
    {
        var now = clock.GetUtcNow();
        return lifetime >= DateTimeOffset.MaxValue - now ? DateTimeOffset.MaxValue : now + lifetime;
    }
}
