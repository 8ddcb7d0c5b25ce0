namespace PluginMail.Smtp;

/// <summary>How much of its time a session has left.</summary>
internal sealed class SessionClock(TimeProvider clock, TimeSpan total)
{
    private readonly long _start = clock.GetTimestamp();

    /// <summary>Whether the session's time is over.</summary>
    public bool IsOver => clock.GetElapsedTime(_start) >= total;

    /// <summary>A limit, cut to what the session has left.</summary>
    /// <param name="limit">The limit of one step.</param>
    /// <returns>Not positive where the session's time is over.</returns>
    public TimeSpan Limit(TimeSpan limit)
    {
        TimeSpan left = total - clock.GetElapsedTime(_start);
        return left < limit ? left : limit;
    }
}
