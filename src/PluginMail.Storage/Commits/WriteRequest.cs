namespace PluginMail.Storage;

/// <summary>Something that the writer does inside its transaction.</summary>
/// <typeparam name="TTransaction">What it does it with.</typeparam>
/// <param name="octets">About how much it writes.</param>
/// <param name="mayLag">Whether a crash may lose it for a second.</param>
internal abstract class WriteRequest<TTransaction>(long octets, bool mayLag)
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int GivenUp = 2;

    private int _state = Waiting;

    public long Octets => octets;

    public bool MayLag => mayLag;

    /// <summary>The writer takes it; from then on it cannot be given up.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) == Waiting;

    /// <summary>Does the work; may be called again where the batch had to be repeated.</summary>
    public abstract void Execute(TTransaction transaction);

    /// <summary>The work is on disk.</summary>
    public abstract void Complete();

    /// <summary>The work was not done.</summary>
    public abstract void Fail(Exception fault);

    protected bool TryGiveUp() => Interlocked.CompareExchange(ref _state, GivenUp, Waiting) == Waiting;
}

/// <summary>A request with a result.</summary>
/// <typeparam name="TTransaction">What it does it with.</typeparam>
/// <typeparam name="TResult">What it gives.</typeparam>
internal sealed class WriteRequest<TTransaction, TResult> : WriteRequest<TTransaction>
{
    private readonly Func<TTransaction, TResult> _work;
    private readonly TaskCompletionSource<TResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _registration;
    private TResult? _result;

    public WriteRequest(Func<TTransaction, TResult> work, long octets, bool mayLag, CancellationToken cancellationToken)
        : base(octets, mayLag)
    {
        _work = work;
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(
                static (state, token) =>
                {
                    var request = (WriteRequest<TTransaction, TResult>)state!;
                    if (request.TryGiveUp())
                    {
                        request._completion.TrySetCanceled(token);
                    }
                },
                this);
        }
    }

    public Task<TResult> Completion => _completion.Task;

    public override void Execute(TTransaction transaction) => _result = _work(transaction);

    public override void Complete()
    {
        _registration.Unregister();
        _completion.TrySetResult(_result!);
    }

    public override void Fail(Exception fault)
    {
        _registration.Unregister();
        _completion.TrySetException(fault);
    }
}
