namespace PluginMail.Plugins.Roles;

/// <summary>Cancellation sources that calls take and give back, so that a call that completes synchronously allocates none.</summary>
internal sealed class CallTokens
{
    private readonly CancellationTokenSource?[] _free = new CancellationTokenSource?[Environment.ProcessorCount * 4];

    /// <summary>Takes one that is not cancelled.</summary>
    public CancellationTokenSource Rent() =>
        Interlocked.Exchange(ref _free[Place()], null) ?? new CancellationTokenSource();

    /// <summary>Gives one back after its call has ended. Registrations that the plugin left are dropped.</summary>
    public void Return(CancellationTokenSource? source)
    {
        if (source is not null && (!source.TryReset() || Interlocked.CompareExchange(ref _free[Place()], source, null) is not null))
        {
            source.Dispose();
        }
    }

    private int Place() => (int)((uint)Thread.GetCurrentProcessorId() % (uint)_free.Length);
}
