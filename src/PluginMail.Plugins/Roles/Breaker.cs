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
    private int _trials;
    private int _trial; // the number of the call that tries it; 0 where none does
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
    /// <param name="trial">
    /// Where the role is switched off, the number of the one call that tries it; 0 elsewhere. To be given to the method that tells how the call
    /// ended: while the role is switched off no other call decides anything, as those that began before say nothing about now.
    /// </param>
    /// <returns>True where it may: then exactly one of the three below must follow.</returns>
    public bool TryEnter(out int trial)
    {
        trial = 0;
        return !_isOpen || TryAgain(out trial);
    }

    /// <summary>The call ended well.</summary>
    /// <returns>Whether that switched the role on again.</returns>
    public bool Succeeded(int trial)
    {
        if (Volatile.Read(ref _faults) == 0)
        {
            return false;
        }

        lock (_lock)
        {
            if (_isOpen && !IsUnderWay(trial))
            {
                return false;
            }

            bool wasOpen = _isOpen;
            (_faults, _isOpen, _trial, _pause) = (0, false, 0, pause);
            return wasOpen;
        }
    }

    /// <summary>The call ended by a fault.</summary>
    /// <returns>The pause that now begins where that switched the role off, or kept it switched off; null elsewhere.</returns>
    public TimeSpan? Faulted(int trial)
    {
        if (most == 0)
        {
            return null;
        }

        lock (_lock)
        {
            _faults = Math.Min(_faults, int.MaxValue - 1) + 1;
            if (_isOpen ? !IsUnderWay(trial) : _faults < most)
            {
                return null;
            }

            _pause = _isOpen ? TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, Math.Max(LongestPause.Ticks, pause.Ticks))) : pause;
            (_isOpen, _trial, _since) = (true, 0, clock.GetTimestamp());
            return _pause;
        }
    }

    /// <summary>The transaction ended before the call did: it was neither good nor bad.</summary>
    public void Abandoned(int trial)
    {
        if (trial != 0)
        {
            lock (_lock)
            {
                _trial = IsUnderWay(trial) ? 0 : _trial;
            }
        }
    }

    private bool TryAgain(out int trial)
    {
        lock (_lock)
        {
            trial = 0;
            if (!_isOpen)
            {
                return true;
            }

            if (_trial != 0 || clock.GetElapsedTime(_since) < _pause)
            {
                return false;
            }

            _trials = _trials == int.MaxValue ? 1 : _trials + 1;
            _trial = trial = _trials;
            return true;
        }
    }

    private bool IsUnderWay(int trial) => trial != 0 && trial == _trial;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
