namespace PluginMail.Plugins.Roles;

/// <summary>A role of one version of a plugin, with what the server learned of it: how many calls run, and whether it blocks threads.</summary>
/// <remarks>
/// The first calls run on workers: one that never comes back would otherwise take the session's thread with it. Once they have come
/// back in time the role is called on the session's own thread, until it blocks that, or does not answer in time. It then runs on workers until a
/// long row of calls has come back in time, twice as long after each relapse: a busy machine can make an innocent call look like one that blocks.
/// </remarks>
/// <param name="role">The plugin's object.</param>
/// <param name="concurrency">How many calls may run at the same time; 0 is no limit.</param>
/// <param name="breaker">Switches it off where it faults again and again.</param>
/// <param name="workers">Threads of its own.</param>
/// <param name="staysOnWorkers">Whether it is never called on the session's own thread.</param>
internal sealed class HostedRole<TRole>(TRole role, int concurrency, Breaker breaker, Workers workers, bool staysOnWorkers = false) : IHostedRole
    where TRole : class
{
    private const int Proven = 3;
    private const int FirstProbation = 1000;
    private const int LongestProbation = 1 << 20;

    /// <summary>Compiling and loading count towards the first call; they are not its fault.</summary>
    private const int FirstCallAllowance = 20;

    /// <summary>Calls that never end count too: without a limit they would pile up.</summary>
    private const int MostCalls = 10_000;

    private readonly InlineCalls _inline = new();
    private int _standing; // from 0 to Proven: calls that came back in time; below 0: how many more must, after it blocked a thread
    private uint _asked;
    private int _probation = FirstProbation;
    private int _abandoned;

    public TRole Role { get; } = role;

    public Breaker Breaker { get; } = breaker;

    /// <summary>One entry a running call.</summary>
    public CallGate Gate { get; } = new(concurrency > 0 ? concurrency : MostCalls);

    /// <summary>Threads of its own, so that a role that blocks takes none from the plugin's others.</summary>
    public Workers Workers { get; } = workers;

    /// <summary>Whether it may be called on the session's thread.</summary>
    public bool RunsInline => !staysOnWorkers && Volatile.Read(ref _standing) == Proven;

    /// <summary>Whether a call blocked its thread or was not answered in time, and not enough have come back in time since.</summary>
    public bool BlocksThreads => Volatile.Read(ref _standing) < 0;

    /// <summary>Whether all places are held by calls for which nobody waits any more: no other call can begin.</summary>
    public bool IsStuck => Volatile.Read(ref _abandoned) >= Gate.Places;

    /// <summary>Whether the allocations of this call are measured: those of one in sixteen are.</summary>
    public bool IsSampled() => (++_asked & 15) == 0; // calls that meet here and lose a count do no harm

    /// <summary>A call begins on the session's own thread.</summary>
    /// <param name="now">Coarse milliseconds.</param>
    /// <param name="threshold">Milliseconds that are not blocking yet.</param>
    /// <returns>How long another call has held its thread, where that is longer and is news; 0 elsewhere.</returns>
    public long EnterInline(long now, long threshold)
    {
        _inline.Enter(now);
        return _inline.Longest(now, threshold) is > 0 and var stuck && Relapse() ? stuck : 0;
    }

    /// <summary>The synchronous part of such a call has ended.</summary>
    public void LeaveInline() => _inline.Leave();

    /// <summary>Nobody waits for a call any more, and it goes on.</summary>
    /// <param name="isLate">Whether that is because it did not answer in time: from now on the role's threads are to be its own.</param>
    public void Abandon(bool isLate)
    {
        Interlocked.Increment(ref _abandoned);
        if (isLate)
        {
            Relapse();
        }
    }

    /// <summary>Such a call has ended at last.</summary>
    public void AbandonedEnded() => Interlocked.Decrement(ref _abandoned);

    /// <inheritdoc/>
    public void Close() => Workers.Dispose();

    /// <summary>Takes note of how long the synchronous part of a call took.</summary>
    /// <param name="milliseconds">The time taken.</param>
    /// <param name="threshold">Milliseconds that are not blocking yet.</param>
    /// <returns>True where this call made the role one that blocks.</returns>
    public bool Judge(long milliseconds, long threshold)
    {
        int standing = Volatile.Read(ref _standing);
        if (milliseconds > (standing == 0 ? threshold * FirstCallAllowance : threshold))
        {
            return Relapse();
        }

        if (standing == -1 && Interlocked.CompareExchange(ref _standing, Proven, -1) == -1)
        {
            Volatile.Write(ref _probation, Math.Min(_probation * 2, LongestProbation));
        }
        else if (standing < Proven)
        {
            Interlocked.CompareExchange(ref _standing, standing + 1, standing);
        }

        return false;
    }

    private bool Relapse() => Interlocked.Exchange(ref _standing, -Volatile.Read(ref _probation)) >= 0;
}
