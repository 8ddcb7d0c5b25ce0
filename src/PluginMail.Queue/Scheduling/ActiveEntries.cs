using System.Collections.Concurrent;
using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>
/// Entries that attempts are made at, and those that are claimed so that none begins: one excludes the other. Used from any thread.
/// </summary>
internal sealed class ActiveEntries
{
    private const int Claimed = -1;

    private readonly ConcurrentDictionary<QueueId, int> _attempts = new();

    /// <summary>Whether an attempt is being made.</summary>
    public bool IsActive(QueueId id) => _attempts.TryGetValue(id, out int count) && count > 0;

    /// <summary>Begins an attempt, unless the entry is claimed.</summary>
    public bool TryBegin(QueueId id) => _attempts.AddOrUpdate(id, 1, static (_, count) => count == Claimed ? Claimed : count + 1) != Claimed;

    /// <summary>Ends an attempt, whose result is on disk.</summary>
    public void End(QueueId id)
    {
        if (_attempts.AddOrUpdate(id, 0, static (_, count) => count - 1) == 0)
        {
            _attempts.TryRemove(KeyValuePair.Create(id, 0));
        }
    }

    /// <summary>Keeps attempts from beginning, until <see cref="Free"/>; not where one is under way, or another claim.</summary>
    public bool TryClaim(QueueId id) => _attempts.TryAdd(id, Claimed);

    /// <summary>Ends a claim.</summary>
    public void Free(QueueId id) => _attempts.TryRemove(KeyValuePair.Create(id, Claimed));
}
