using System.Runtime.CompilerServices;

namespace PluginMail.Plugins.Roles;

/// <summary>Threads of one plugin's own, for calls that may block. Made when needed, gone after a while without work.</summary>
/// <param name="name">The threads' name.</param>
/// <param name="maximum">The most threads. Work beyond waits; callers bound it by their gates and time limits.</param>
internal sealed class Workers(string name, int maximum) : IDisposable
{
    private static readonly TimeSpan IdleLife = TimeSpan.FromSeconds(10);

    private readonly Queue<Func<Task>> _work = new();
    private int _threads;
    private int _idle;
    private bool _closed;

    /// <summary>Has work done. The work contains its own faults.</summary>
    public void Enqueue(Func<Task> work)
    {
        lock (_work)
        {
            _work.Enqueue(work);
            if (_work.Count <= _idle || _threads >= maximum)
            {
                Monitor.Pulse(_work);
                return;
            }

            _threads++;
        }

        var thread = new Thread(Run) { IsBackground = true, Name = name };
        thread.UnsafeStart();
    }

    /// <summary>Lets the threads end when the work is done. One that a plugin never gives back stays.</summary>
    public void Dispose()
    {
        lock (_work)
        {
            _closed = true;
            Monitor.PulseAll(_work);
        }
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
        var work = Take();
        _ = work?.Invoke();
        return work is not null;
    }

    /// <summary>Waits for work.</summary>
    /// <returns>The work; null where this thread is to end.</returns>
    private Func<Task>? Take()
    {
        lock (_work)
        {
            bool stay = true;
            while (_work.Count == 0 && stay && !_closed)
            {
                _idle++;
                stay = Monitor.Wait(_work, IdleLife);
                _idle--;
            }

            if (!_work.TryDequeue(out var work))
            {
                _threads--;
            }

            return work;
        }
    }
}
