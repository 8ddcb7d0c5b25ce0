using System.Runtime.CompilerServices;

namespace PluginMail.Plugins.Roles;

/// <summary>
/// Threads of one plugin's own, for what may block. Made when needed, gone after a while without work. Where work awaits something it goes on on
/// them too: they are its synchronization context.
/// </summary>
/// <param name="name">The threads' name.</param>
/// <param name="maximum">
/// The most threads that begin work; work beyond waits, and callers bound it by their gates and time limits. As many again only go on with
/// what was begun, so that work that blocks until its own continuation has run does not wait for itself.
/// </param>
/// <param name="faulted">Told of exceptions that nobody awaits, as those of <c>async void</c>.</param>
internal sealed class Workers(string name, int maximum, Action<Exception> faulted) : SynchronizationContext, IDisposable
{
    private static readonly TimeSpan IdleLife = TimeSpan.FromSeconds(10);

    private readonly Queue<Func<Task>> _work = new();
    private readonly Queue<Continuation> _continuations = new();
    private int _threads;
    private int _idle;
    private int _beginning; // threads that are in the synchronous part of work
    private bool _closed;

    /// <summary>Has work done. The work contains its own faults.</summary>
    public void Enqueue(Func<Task> work)
    {
        lock (_work)
        {
            _work.Enqueue(work);
            WakeOne();
        }
    }

    /// <summary>Has a continuation of work done, before work that has not begun.</summary>
    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_work)
        {
            _continuations.Enqueue(new Continuation(d, state));
            WakeOne();
        }
    }

    /// <summary>Runs a continuation where it is called.</summary>
    public override void Send(SendOrPostCallback d, object? state) => d(state);

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Lets the threads end when the work is done. One that a plugin never gives back stays.</summary>
    public void Dispose()
    {
        lock (_work)
        {
            _closed = true;
            Monitor.PulseAll(_work);
        }
    }

    private void WakeOne()
    {
        int ready = _continuations.Count + Math.Min(_work.Count, maximum - _beginning);
        if (ready <= _idle || _threads >= 2 * maximum)
        {
            Monitor.Pulse(_work);
            return;
        }

        _threads++;
        new Thread(Run) { IsBackground = true, Name = name }.UnsafeStart();
    }

    private void Run()
    {
        while (RunNext())
        {
        }
    }

    /// <summary>A method of its own, so that no work stays referenced from the stack while the thread waits.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool RunNext()
    {
        var (work, continuation) = Take();
        if (work is null && continuation is null)
        {
            return false;
        }

        SetSynchronizationContext(this);
        try
        {
            _ = work?.Invoke();
            continuation?.Run();
        }
        catch (Exception e)
        {
            faulted(e);
        }

        if (work is not null)
        {
            lock (_work)
            {
                _beginning--;
            }
        }

        return true;
    }

    /// <summary>Waits for something to do.</summary>
    /// <returns>It; nothing where this thread is to end.</returns>
    private (Func<Task>? Work, Continuation? Continuation) Take()
    {
        lock (_work)
        {
            for (bool stay = true; ;)
            {
                if (_continuations.TryDequeue(out var continuation))
                {
                    return (null, continuation);
                }

                if (_beginning < maximum && _work.TryDequeue(out var work))
                {
                    _beginning++;
                    return (work, null);
                }

                if (!stay || _closed)
                {
                    _threads--;
                    return default;
                }

                _idle++;
                stay = Monitor.Wait(_work, IdleLife);
                _idle--;
            }
        }
    }

    private sealed record Continuation(SendOrPostCallback Callback, object? State)
    {
        public void Run() => Callback(State);
    }
}
