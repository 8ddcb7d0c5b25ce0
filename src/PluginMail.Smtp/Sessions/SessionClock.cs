namespace PluginMail.Smtp;

/// <summary>How much of its time a session has left.</summary>
/// <param name="clock">Measures it.</param>
/// <param name="total">What it has in all, from now.</param>
internal sealed class SessionClock(TimeProvider clock, TimeSpan total)
{
    private readonly long _start = clock.GetTimestamp();
    private TimeSpan _total = total;

    /// <summary>Whether the session's time is over.</summary>
    public bool IsOver => clock.GetElapsedTime(_start) >= _total;

    /// <summary>Gives the session more time.</summary>
    /// <param name="total">What it has in all, from its beginning.</param>
    public void Extend(TimeSpan total) => _total = total;

    /// <summary>A limit, cut to what the session has left.</summary>
    /// <param name="limit">The limit of one step.</param>
    /// <returns>Not positive where the session's time is over.</returns>
    public TimeSpan Limit(TimeSpan limit)
    {
        TimeSpan left = _total - clock.GetElapsedTime(_start);
        return left < limit ? left : limit;
    }
}
