namespace PluginMail.Plugins.Roles;

/// <summary>
/// Switches a role off that faults again and again: it is not called any more, and what <c>on_fault</c> says is answered at once. After a
/// pause one call is let through; a good answer switches the role on again, a fault doubles the pause.
/// </summary>
/// <param name="most">As many faults in a row switch it off; 0 is never.</param>
/// <param name="pause">The first pause.</param>
/// <param name="clock">Measures the pauses.</param>
internal sealed class Breaker(int most, TimeSpan pause, TimeProvider clock)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private int _faults;
    private volatile bool _isOpen;
    private bool _isTrying;
    private long _since;
    private TimeSpan _pause;

    /// <summary>Never switches off.</summary>
    public Breaker()
        : this(0, TimeSpan.Zero, TimeProvider.System)
    {
    }

    /// <summary>Whether the role is switched off.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>The faults in a row so far.</summary>
    public int Faults => Volatile.Read(ref _faults);

    /// <summary>How long until it is tried again; null where the role is not switched off.</summary>
    public TimeSpan? Left
    {
        get
        {
            lock (_lock)
            {
                return _isOpen ? Max(_pause - clock.GetElapsedTime(_since), TimeSpan.Zero) : null;
            }
        }
    }

    /// <summary>Asks whether the role may be called.</summary>
    /// <returns>True where it may: then exactly one of the three below must follow.</returns>
    public bool TryEnter() => !_isOpen || TryAgain();

    /// <summary>The call ended well.</summary>
    /// <returns>Whether that switched the role on again.</returns>
    public bool Succeeded()
    {
        if (Volatile.Read(ref _faults) == 0)
        {
            return false;
        }

        lock (_lock)
        {
            // One that began before the role was switched off, and took its time, says nothing about now.
            if (_isOpen && !_isTrying)
            {
                return false;
            }

            bool wasOpen = _isOpen;
            (_faults, _isOpen, _isTrying, _pause) = (0, false, false, pause);
            return wasOpen;
        }
    }

    /// <summary>The call ended by a fault.</summary>
    /// <returns>The pause that now begins where that switched the role off, or kept it switched off; null elsewhere.</returns>
    public TimeSpan? Faulted()
    {
        if (most == 0)
        {
            return null;
        }

        lock (_lock)
        {
            _faults = Math.Min(_faults, int.MaxValue - 1) + 1;
            bool opens = !_isOpen && _faults >= most;
            if (!opens && !_isTrying)
            {
                return null;
            }

            _pause = opens ? pause : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, Math.Max(LongestPause.Ticks, pause.Ticks)));
            (_isOpen, _isTrying, _since) = (true, false, clock.GetTimestamp());
            return _pause;
        }
    }

    /// <summary>The transaction ended before the call did: it was neither good nor bad.</summary>
    public void Abandoned()
    {
        if (_isOpen)
        {
            lock (_lock)
            {
                _isTrying = false;
            }
        }
    }

    private bool TryAgain()
    {
        lock (_lock)
        {
            if (_isOpen && (_isTrying || clock.GetElapsedTime(_since) < _pause))
            {
                return false;
            }

            _isTrying = _isOpen;
            return true;
        }
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
