using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>
/// Entries with something to report. A report waits until no attempt at its entry is ready or under way, so that it tells of all recipients at once;
/// but not longer than some minutes.
/// </summary>
internal sealed class PendingReports(QueueSchedule schedule, Action<QueueId> start)
{
    private const int MostAtOnce = 32;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private readonly Dictionary<QueueId, DateTimeOffset> _waiting = [];
    private readonly HashSet<QueueId> _running = [];

    /// <summary>An entry has something to report.</summary>
    public void Add(QueueId id, DateTimeOffset now) => _waiting.TryAdd(id, now + LongestWait);

    /// <summary>Starts the report of an entry, if there is one and nothing else is to be expected.</summary>
    public void Check(QueueId id)
    {
        if (_waiting.ContainsKey(id) && !schedule.HasJobs(id))
        {
            TryStart(id);
        }
    }

    /// <summary>Starts the reports that waited long enough, or for nothing.</summary>
    public void CheckAll(DateTimeOffset now)
    {
        foreach (QueueId id in _waiting.Where(waiting => waiting.Value <= now || !schedule.HasJobs(waiting.Key)).Select(waiting => waiting.Key).ToList())
        {
            TryStart(id);
        }
    }

    /// <summary>A report has ended; something else may have come up meanwhile.</summary>
    public void Ended(QueueId id)
    {
        _running.Remove(id);
        Check(id);
        if (_running.Count < MostAtOnce && _waiting.Count > 0)
        {
            Check(_waiting.Keys.First());
        }
    }

    private void TryStart(QueueId id)
    {
        if (_running.Count < MostAtOnce && _running.Add(id))
        {
            _waiting.Remove(id);
            start(id);
        }
    }
}
