namespace PluginMail.Queue;

/// <summary>Jobs that may start: by priority, and within one priority from each source in turn.</summary>
internal sealed class ReadyJobs
{
    private readonly SortedDictionary<int, Dictionary<string, Queue<QueueJob>>> _jobs = [];
    private readonly Dictionary<int, Queue<string>> _turns = [];

    public int Count { get; private set; }

    public void Add(QueueJob job)
    {
        if (!_jobs.TryGetValue(job.Priority, out Dictionary<string, Queue<QueueJob>>? sources))
        {
            _jobs[job.Priority] = sources = new Dictionary<string, Queue<QueueJob>>(StringComparer.Ordinal);
            _turns[job.Priority] = new Queue<string>();
        }

        if (!sources.TryGetValue(job.Source, out Queue<QueueJob>? waiting))
        {
            sources[job.Source] = waiting = new Queue<QueueJob>();
            _turns[job.Priority].Enqueue(job.Source);
        }

        waiting.Enqueue(job);
        Count++;
    }

    /// <summary>Takes the first job whose source may go.</summary>
    /// <param name="mayGo">Says of a source when it may: now or earlier, or a later time.</param>
    /// <param name="now">The time.</param>
    /// <param name="next">Where none may go: when the first may.</param>
    /// <returns>Null where none may go now.</returns>
    public QueueJob? Take(Func<string, DateTimeOffset> mayGo, DateTimeOffset now, out DateTimeOffset next)
    {
        next = DateTimeOffset.MaxValue;
        foreach ((int priority, Dictionary<string, Queue<QueueJob>> sources) in _jobs)
        {
            Queue<string> turns = _turns[priority];
            for (int i = turns.Count; i > 0; i--)
            {
                string source = turns.Dequeue();
                DateTimeOffset at = mayGo(source);
                if (at > now)
                {
                    turns.Enqueue(source);
                    next = at < next ? at : next;
                    continue;
                }

                QueueJob job = sources[source].Dequeue();
                Count--;
                Return(priority, sources, source);
                return job;
            }
        }

        return null;
    }

    /// <summary>Takes all.</summary>
    public IReadOnlyList<QueueJob> Clear()
    {
        QueueJob[] all = [.. _jobs.Values.SelectMany(sources => sources.Values).SelectMany(waiting => waiting)];
        _jobs.Clear();
        _turns.Clear();
        Count = 0;
        return all;
    }

    private void Return(int priority, Dictionary<string, Queue<QueueJob>> sources, string source)
    {
        if (sources[source].Count > 0)
        {
            _turns[priority].Enqueue(source);
            return;
        }

        sources.Remove(source);
        if (sources.Count == 0)
        {
            _jobs.Remove(priority);
            _turns.Remove(priority);
        }
    }
}
