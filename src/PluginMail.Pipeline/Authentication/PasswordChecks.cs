using PluginMail.Storage;

namespace PluginMail.Pipeline.Authentication;

/// <summary>Runs password checks (PBKDF2: milliseconds of a processor) on the thread pool, so many at a time and so many waiting.</summary>
internal sealed class PasswordChecks(int concurrent, int waiting)
{
    private readonly TaskScheduler _scheduler =
        new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, Math.Max(1, concurrent)).ConcurrentScheduler;

    private int _pending;

    /// <summary>Whether a password is the one.</summary>
    /// <param name="verifier">What it is checked against.</param>
    /// <param name="password">The password.</param>
    /// <param name="cancellationToken">Gives up while it waits.</param>
    /// <returns>Null where too many wait already.</returns>
    public async ValueTask<bool?> MatchesAsync(ScramVerifier verifier, string password, CancellationToken cancellationToken)
    {
        try
        {
            return Interlocked.Increment(ref _pending) > concurrent + waiting
                ? null
                : await Task.Factory.StartNew(
                    () => verifier.Matches(password), cancellationToken, TaskCreationOptions.DenyChildAttach, _scheduler);
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }
}
