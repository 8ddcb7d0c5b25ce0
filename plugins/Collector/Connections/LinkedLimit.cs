namespace PluginMail.Collector.Connections;

/// <summary>A token that ends with another one or after a time.</summary>
internal sealed class LinkedLimit : IDisposable
{
    private readonly CancellationTokenSource _limit;
    private readonly CancellationTokenSource _either;

    /// <summary>Begins the time.</summary>
    public LinkedLimit(TimeSpan time, TimeProvider clock, CancellationToken cancellationToken)
    {
        _limit = new CancellationTokenSource(time, clock);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token, cancellationToken);
    }

    /// <summary>Ends with whichever is first.</summary>
    public CancellationToken Token => _either.Token;

    public void Dispose()
    {
        _either.Dispose();
        _limit.Dispose();
    }
}
