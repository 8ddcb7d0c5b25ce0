namespace PluginMail.Plugins.Roles;

/// <summary>A role of one version of a plugin, with what the server learned of it: how many calls run, and whether it blocks threads.</summary>
/// <remarks>
/// The first calls run on workers: one that never comes back would otherwise take the session's thread with it. Once they have come
/// back in time the role is called on the session's own thread, until it blocks that once.
/// </remarks>
/// <param name="role">The plugin's object.</param>
/// <param name="concurrency">How many calls may run at the same time; 0 is no limit.</param>
internal sealed class HostedRole<TRole>(TRole role, int concurrency)
    where TRole : class
{
    private const int Proven = 3;
    private const int Blocking = -1;

    /// <summary>Compiling and loading count towards the first call; they are not its fault.</summary>
    private const int FirstCallAllowance = 20;

    /// <summary>Calls that never end count too: without a limit they would pile up.</summary>
    private const int MostCalls = 10_000;

    private int _standing;

    public TRole Role { get; } = role;

    /// <summary>One entry a running call.</summary>
    public SemaphoreSlim Gate { get; } = new(concurrency > 0 ? concurrency : MostCalls);

    /// <summary>Whether it may be called on the session's thread.</summary>
    public bool RunsInline => Volatile.Read(ref _standing) == Proven;

    /// <summary>Whether a call blocked its thread.</summary>
    public bool BlocksThreads => Volatile.Read(ref _standing) == Blocking;

    /// <summary>Takes note of how long the synchronous part of a call took.</summary>
    /// <param name="milliseconds">The time taken.</param>
    /// <param name="threshold">Milliseconds that are not blocking yet.</param>
    /// <returns>True where this call made the role one that blocks.</returns>
    public bool Judge(long milliseconds, long threshold)
    {
        int standing = Volatile.Read(ref _standing);
        if (milliseconds > (standing == 0 ? threshold * FirstCallAllowance : threshold))
        {
            return Interlocked.Exchange(ref _standing, Blocking) != Blocking;
        }

        if (standing is >= 0 and < Proven)
        {
            Interlocked.CompareExchange(ref _standing, standing + 1, standing);
        }

        return false;
    }
}
