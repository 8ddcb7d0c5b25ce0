using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace PluginMail.Admin;

/// <summary>
/// Asks the observable instruments of one meter for their values, on a thread of its own: they are a plugin's code, which may block. One that is
/// under way is not begun again.
/// </summary>
/// <param name="listener">Listens to those instruments alone.</param>
/// <param name="log">Where it says what could not be had.</param>
internal sealed class Observation(MeterListener listener, ILogger log) : IDisposable
{
    private int _round;
    private Task _underWay = Task.CompletedTask;

    /// <summary>How many instruments it asks. Its users lock.</summary>
    public int Instruments { get; set; }

    /// <summary>The reading that values belong to now.</summary>
    public int Round => Volatile.Read(ref _round);

    /// <summary>Makes an instrument one of those that are asked.</summary>
    public void Add(Instrument instrument, object state) => listener.EnableMeasurementEvents(instrument, state);

    /// <summary>Begins to ask. To be called by one reader at a time.</summary>
    /// <param name="round">The reading.</param>
    /// <param name="underWay">Ends when all have answered.</param>
    /// <returns>False where those of an earlier reading have not answered yet.</returns>
    public bool TryBegin(int round, out Task underWay)
    {
        underWay = _underWay;
        if (!underWay.IsCompleted)
        {
            return false;
        }

        Volatile.Write(ref _round, round);
        underWay = _underWay = Task.Factory.StartNew(Observe, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => listener.Dispose();

    // What a plugin is asked for here may fail; all others have answered by then.
    private void Observe()
    {
        try
        {
            listener.RecordObservableInstruments();
        }
        catch (AggregateException e)
        {
            foreach (Exception fault in e.InnerExceptions)
            {
                AdminLog.NotObserved(log, TextOf(fault));
            }
        }
    }

    // A plugin's exception may throw when it is asked for its text.
    private static string TextOf(Exception fault)
    {
        try
        {
            return fault.Message;
        }
        catch (Exception)
        {
            return $"{fault.GetType().Name} (its text cannot be had)";
        }
    }
}
