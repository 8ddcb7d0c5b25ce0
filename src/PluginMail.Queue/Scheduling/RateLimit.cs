namespace PluginMail.Queue;

/// <summary>So many a minute, and no more than a tenth of them at once.</summary>
internal sealed class RateLimit
{
    private double _tokens = double.MaxValue;
    private DateTimeOffset _last;

    /// <summary>When the next may go.</summary>
    /// <param name="perMinute">The limit; 0 for none.</param>
    /// <param name="now">The time.</param>
    /// <returns>Now, or later.</returns>
    public DateTimeOffset Next(int perMinute, DateTimeOffset now)
    {
        if (perMinute == 0)
        {
            return now;
        }

        double burst = Math.Max(1, perMinute / 10.0);
        _tokens = Math.Min(burst, _tokens + (Math.Max(0, (now - _last).TotalMinutes) * perMinute));
        _last = now;
        return _tokens >= 1 ? now : now + TimeSpan.FromTicks((long)Math.Ceiling((1 - _tokens) / perMinute * TimeSpan.TicksPerMinute) + 1);
    }

    /// <summary>One goes.</summary>
    /// <param name="perMinute">The limit; 0 for none.</param>
    public void Take(int perMinute) => _tokens -= perMinute == 0 ? 0 : 1;

    /// <summary>Whether it remembers nothing that matters any more.</summary>
    /// <param name="now">The time.</param>
    /// <returns>True once it is full again.</returns>
    public bool IsIdle(DateTimeOffset now) => now - _last > TimeSpan.FromMinutes(1);
}
