namespace PluginMail.Daemons;

/// <summary>One daemon of a group, and how it fares. Safe for concurrent use.</summary>
/// <param name="address">Where it listens.</param>
internal sealed class Daemon(DaemonAddress address)
{
    private const int MostLate = 3;

    private long _answered;
    private long _failed;
    private int _late;
    private volatile Outage? _outage;
    private int _probes;

    /// <summary>Where it listens.</summary>
    public DaemonAddress Address { get; } = address;

    /// <summary>Requests that it answered.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Requests that it did not answer.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Its last failure, while nothing has been heard from it since.</summary>
    public Outage? Outage => _outage;

    /// <summary>Whether it does not answer, and a request is finding out whether it does again.</summary>
    public bool IsProbed => _outage is not null && Volatile.Read(ref _probes) != 0;

    /// <summary>Begins to find out whether it answers again.</summary>
    /// <returns>False where another request does.</returns>
    public bool TryBeginProbe() => Interlocked.CompareExchange(ref _probes, 1, 0) == 0;

    /// <summary>It is found out.</summary>
    public void EndProbe() => Volatile.Write(ref _probes, 0);

    /// <summary>It answered.</summary>
    public void NoteAnswer()
    {
        Interlocked.Increment(ref _answered);
        Volatile.Write(ref _late, 0);
        _outage = null;
    }

    /// <summary>It answered that it will not do this.</summary>
    public void NoteDecline() => Volatile.Write(ref _late, 0);

    /// <summary>It took a request, and did not answer in time: the request may be to blame, unless it happens to several without an answer between.</summary>
    /// <returns>Whether it is believed to work all the same; this is noted then.</returns>
    public bool TryNoteLate()
    {
        if (_outage is not null || Interlocked.Increment(ref _late) >= MostLate)
        {
            return false;
        }

        Interlocked.Increment(ref _failed);
        return true;
    }

    /// <summary>It did not.</summary>
    /// <param name="outage">Why, and since when.</param>
    /// <returns>Whether this is news.</returns>
    public bool NoteFailure(Outage outage)
    {
        Interlocked.Increment(ref _failed);
        bool isNews = _outage is null;
        _outage = outage;
        return isNews;
    }
}

/// <summary>A daemon does not answer.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Since">When it was last asked in vain, as <see cref="TimeProvider.GetTimestamp"/> tells: no change of the clock makes it longer.</param>
internal sealed record Outage(string Reason, long Since);

/// <summary>What came of a request: an answer, or why there is none.</summary>
/// <typeparam name="T">The answer's type.</typeparam>
/// <param name="Value">The answer; null where there is none.</param>
/// <param name="Failure">Why there is none.</param>
internal readonly record struct Answer<T>(T? Value, string Failure)
    where T : class
{
    /// <summary>Whether the daemon works all the same: the next one is asked, and nothing is changed about whether this one is passed over.</summary>
    public bool IsDeclined { get; private init; }

    /// <summary>Whether the daemon said nothing, for it was not asked, or not to the end. It is declined, too.</summary>
    public bool IsNotAsked { get; private init; }

    /// <summary>Whether the daemon took the request and did not answer in time, or at all.</summary>
    public bool IsLate { get; private init; }

    /// <summary>No answer to this request, from a daemon that works.</summary>
    /// <param name="reason">Why.</param>
    public static Answer<T> Declined(string reason) => new(null, reason) { IsDeclined = true };

    /// <summary>No answer, for what is no daemon's fault.</summary>
    /// <param name="reason">Why.</param>
    public static Answer<T> NotAsked(string reason) => new(null, reason) { IsDeclined = true, IsNotAsked = true };

    /// <summary>No answer in time, or at all, from a daemon that took the request.</summary>
    /// <param name="reason">Why.</param>
    public static Answer<T> Late(string reason) => new(null, reason) { IsLate = true };

    /// <summary>No answer, and no daemon that works.</summary>
    /// <param name="reason">Why.</param>
    public static Answer<T> None(string reason) => new(null, reason);

    /// <summary>An answer.</summary>
    /// <param name="value">It.</param>
    public static Answer<T> Of(T value) => new(value, "");
}
