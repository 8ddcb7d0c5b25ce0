namespace PluginMail.Plugins.Roles;

/// <summary>
/// When the calls of a role that are under way on sessions' threads began, so that one that never comes back is seen by the next. Plain stores and
/// no atomic steps: two threads that share a place may hide one another, and none is ever seen that is not there.
/// </summary>
internal sealed class InlineCalls
{
    private const int Places = 32; // a power of two
    private const int Stride = 8; // a cache line each

    private readonly long[] _begun = new long[Places * Stride];
    private long _lookedAt;

    /// <summary>A call begins on this thread.</summary>
    /// <param name="now">Coarse milliseconds.</param>
    public void Enter(long now) => Volatile.Write(ref _begun[Place()], now);

    /// <summary>The call on this thread has come back.</summary>
    public void Leave() => Volatile.Write(ref _begun[Place()], 0);

    /// <summary>Looks, once in a while, for a call that has held its thread for long.</summary>
    /// <param name="now">Coarse milliseconds.</param>
    /// <param name="threshold">What is not long yet.</param>
    /// <returns>For how many milliseconds; 0 where there is none, or where it was just looked.</returns>
    public long Longest(long now, long threshold)
    {
        if (now - Volatile.Read(ref _lookedAt) <= threshold)
        {
            return 0;
        }

        Volatile.Write(ref _lookedAt, now);
        long longest = 0;
        for (int i = 0; i < _begun.Length; i += Stride)
        {
            if (Volatile.Read(ref _begun[i]) is > 0 and var begun)
            {
                longest = Math.Max(longest, now - begun);
            }
        }

        return longest > threshold ? longest : 0;
    }

    private static int Place() => (Environment.CurrentManagedThreadId & (Places - 1)) * Stride;
}
