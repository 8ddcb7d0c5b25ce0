namespace PluginMail.Abstractions;

/// <summary>Small values with an expiry, shared by a plugin's versions and by all servers on one store (greylists, counters).</summary>
/// <remarks>Keys are private to the plugin, at most 512 octets of UTF-8; values at most 64 KiB. A crash may lose the last second of changes.</remarks>
public interface IStateStore
{
    /// <summary>Reads a value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The value; null where there is none or it has expired.</returns>
    ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>Writes a value, if nobody else changed it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">What was read before; null to demand that there is none.</param>
    /// <param name="value">The new value; null removes it.</param>
    /// <param name="lifetime">How long it is kept.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False where the value is not what was expected; nothing is changed then.</returns>
    ValueTask<bool> CompareExchangeAsync(
        string key, byte[]? expected, byte[]? value, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>Adds to a counter, which starts at 0 and whose lifetime starts at its first addition.</summary>
    /// <param name="key">The key; not one that is used for values.</param>
    /// <param name="amount">What to add.</param>
    /// <param name="lifetime">How long a new counter is kept.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The new sum.</returns>
    ValueTask<long> AddAsync(string key, long amount, TimeSpan lifetime, CancellationToken cancellationToken);
}
