namespace PluginMail.Plugins.Roles;

/// <summary>Lets so many calls run at the same time; others wait, first come first served. Entering and leaving without waiting is one atomic step.</summary>
/// <param name="places">How many.</param>
internal sealed class CallGate(int places)
{
    /// <summary>Free places; below 0 how many wait for whom no turn has been called yet.</summary>
    private int _free = places;

    /// <summary>How many there are.</summary>
    public int Places { get; } = places;

    /// <summary>The turns that were called. Nobody asks for its wait handle, so that there is nothing to dispose of.</summary>
    private SemaphoreSlim Turns { get; } = new(0);

    /// <summary>Takes a place without waiting.</summary>
    /// <returns>False where none is free: then nothing was taken.</returns>
    public bool TryEnter()
    {
        int free = Volatile.Read(ref _free);
        while (free > 0)
        {
            int seen = Interlocked.CompareExchange(ref _free, free - 1, free);
            if (seen == free)
            {
                return true;
            }

            free = seen;
        }

        return false;
    }

    /// <summary>Waits for a place and takes it.</summary>
    /// <exception cref="OperationCanceledException">Cancelled: nothing was taken.</exception>
    public async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Decrement(ref _free) >= 0)
        {
            return;
        }

        try
        {
            await Turns.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            GiveUp();
            throw;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Leave()
    {
        if (Interlocked.Increment(ref _free) <= 0)
        {
            Turns.Release();
        }
    }

    /// <summary>No longer waits.</summary>
    private void GiveUp()
    {
        // Where a turn was called for everybody who waits, one is for this call. Another may take it first: then that one was counted, and this
        // call can leave in its stead. Either is a matter of a few instructions.
        var spin = default(SpinWait);
        while (!TryLeaveQueue())
        {
            if (Turns.Wait(0, CancellationToken.None))
            {
                Leave();
                return;
            }

            spin.SpinOnce();
        }
    }

    /// <summary>Takes one of those who wait out of the count, unless a turn was called for each of them.</summary>
    private bool TryLeaveQueue()
    {
        int free = Volatile.Read(ref _free);
        while (free < 0)
        {
            int seen = Interlocked.CompareExchange(ref _free, free + 1, free);
            if (seen == free)
            {
                return true;
            }

            free = seen;
        }

        return false;
    }
}
