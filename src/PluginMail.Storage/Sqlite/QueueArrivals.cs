namespace PluginMail.Storage.Sqlite;

/// <summary>Who is told of what comes into the queue.</summary>
internal sealed class QueueArrivals
{
    private volatile Action<QueueArrival>? _observer;

    public bool IsObserved => _observer is not null;

    public void Observe(Action<QueueArrival> observer) => _observer = observer;

    public void Announce(QueueArrival arrival) => _observer?.Invoke(arrival);
}
