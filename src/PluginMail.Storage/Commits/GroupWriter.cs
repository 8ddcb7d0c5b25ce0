namespace PluginMail.Storage;

/// <summary>Commits batches of requests.</summary>
/// <typeparam name="TTransaction">What requests work with.</typeparam>
internal interface IBatchCommitter<TTransaction> : IDisposable
{
    /// <summary>Whether something was committed that is not on disk yet.</summary>
    bool IsLagging { get; }

    /// <summary>Executes the requests in one transaction and answers every one. Never throws for a fault of the disk.</summary>
    void Run(IReadOnlyList<WriteRequest<TTransaction>> batch);

    /// <summary>Brings to the disk what lagged.</summary>
    void CatchUp();
}

/// <summary>The one thread that writes: it drains whatever waits into a batch, commits it, answers all, and looks again. It never lingers.</summary>
/// <typeparam name="TTransaction">What requests work with.</typeparam>
internal sealed class GroupWriter<TTransaction> : IAsyncDisposable
{
    private static readonly TimeSpan Lag = TimeSpan.FromMilliseconds(500);

    private readonly object _gate = new();
    private readonly Queue<WriteRequest<TTransaction>> _waiting = new();
    private readonly List<WriteRequest<TTransaction>> _batch = [];
    private readonly IBatchCommitter<TTransaction> _committer;
    private readonly int _maximumRequests;
    private readonly long _maximumOctets;
    private readonly Action<Exception> _stopped;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isClosed;

    public GroupWriter(
        string name, IBatchCommitter<TTransaction> committer, int maximumRequests, long maximumOctets, Action<Exception> stopped)
    {
        (_committer, _maximumRequests, _maximumOctets, _stopped) = (committer, maximumRequests, maximumOctets, stopped);
        new Thread(Loop) { Name = name, IsBackground = true }.Start();
    }

    /// <summary>Has work done by the writer.</summary>
    /// <param name="work">Runs on the writer's thread; may run again where its batch is repeated, so it keeps no state outside.</param>
    /// <param name="cancellationToken">Gives up while it waits.</param>
    /// <param name="octets">About how much it writes.</param>
    /// <param name="mayLag">Whether a crash may lose it for a second.</param>
    /// <returns>Completes when it is on disk.</returns>
    /// <exception cref="StoreUnavailableException">The disk is full or broken; nothing was done.</exception>
    public Task<TResult> WriteAsync<TResult>(
        Func<TTransaction, TResult> work, CancellationToken cancellationToken, long octets = 0, bool mayLag = false)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<TResult>(cancellationToken);
        }

        var request = new WriteRequest<TTransaction, TResult>(work, octets, mayLag, cancellationToken);
        lock (_gate)
        {
            if (_isClosed)
            {
                return Task.FromException<TResult>(Closed());
            }

            _waiting.Enqueue(request);
            Monitor.Pulse(_gate);
        }

        return request.Completion;
    }

    /// <summary>Commits what waits, then ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.Pulse(_gate);
        }

        await _ended.Task;
    }

    private static StoreUnavailableException Closed() => new("The store is closed", isDiskFull: false);

    private void Loop()
    {
        try
        {
            while (TryDrain())
            {
                if (_batch.Count > 0)
                {
                    _committer.Run(_batch);
                }
                else
                {
                    _committer.CatchUp();
                }
            }

            _committer.CatchUp();
        }
        catch (Exception fault)
        {
            _stopped(fault);
            FailAll(fault);
        }
        finally
        {
            _committer.Dispose();
            _ended.TrySetResult();
        }
    }

    /// <summary>Waits for requests and takes those that fit into a batch; an empty batch says that nothing came for a while.</summary>
    private bool TryDrain()
    {
        _batch.Clear();
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_isClosed)
            {
                if (!_committer.IsLagging)
                {
                    Monitor.Wait(_gate);
                }
                else if (!Monitor.Wait(_gate, Lag))
                {
                    return true;
                }
            }

            long octets = 0;
            while (_batch.Count < _maximumRequests && octets < _maximumOctets && _waiting.TryDequeue(out var request))
            {
                if (request.TryTake())
                {
                    _batch.Add(request);
                    octets += request.Octets;
                }
            }

            return _batch.Count > 0 || !_isClosed || _waiting.Count > 0;
        }
    }

    private void FailAll(Exception fault)
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (WriteRequest<TTransaction> request in _batch.Concat(_waiting))
            {
                if (request.TryTake() || _batch.Contains(request))
                {
                    request.Fail(DurableDisk.Translate(fault));
                }
            }

            _waiting.Clear();
        }
    }
}
