namespace PluginMail.Dlp.Text;

/// <summary>What one message, or one registered file, may cost.</summary>
/// <param name="MaximumSize">Octets of one attachment or entry of an archive that is looked into.</param>
/// <param name="MaximumText">Characters of text in all.</param>
/// <param name="MaximumInflated">Octets that archives and streams may grow to in all.</param>
/// <param name="MaximumEntries">Files in archives in all.</param>
/// <param name="MaximumDepth">Archives and messages within each other.</param>
/// <param name="Time">How long it may take.</param>
internal sealed record TextLimits(
    long MaximumSize, long MaximumText, long MaximumInflated, int MaximumEntries, int MaximumDepth, TimeSpan Time);

/// <summary>What is left of the limits. Whoever uses some asks first; an answer of false ends the reading, and says why.</summary>
internal sealed class TextBudget(TextLimits limits, TimeProvider clock, CancellationToken cancellationToken)
{
    private readonly long _start = clock.GetTimestamp();
    private long _text = limits.MaximumText;
    private long _inflated = limits.MaximumInflated;
    private int _entries = limits.MaximumEntries;

    /// <summary>The limits.</summary>
    public TextLimits Limits => limits;

    /// <summary>The first thing that could not be read; empty where all could.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Octets that may still come out of archives and encodings.</summary>
    public long Inflated => _inflated;

    /// <summary>Remembers what cannot be read.</summary>
    public void Report(string problem) => Problem = Problem.Length == 0 ? problem : Problem;

    /// <summary>Takes characters.</summary>
    public bool TakeText(int count) => Take(ref _text, count, "more text than is looked at") && IsInTime();

    /// <summary>Takes octets that came out of an archive or an encoding.</summary>
    public bool TakeInflated(int count) => Take(ref _inflated, count, "archives that grow too large") && IsInTime();

    /// <summary>Takes an entry of an archive.</summary>
    public bool TakeEntry()
    {
        if (--_entries < 0)
        {
            Report("more files in archives than are looked at");
            return false;
        }

        return IsInTime();
    }

    /// <summary>Reads something that may be damaged: that is reported, and what lies beside it can be read.</summary>
    /// <exception cref="IOException">What it is read from fails.</exception>
    public void Attempt(Action reading)
    {
        try
        {
            reading();
        }
        catch (Exception e) when (e is EndOfStreamException or not (OperationCanceledException or OutOfMemoryException or IOException))
        {
            // Whatever a hostile document trips is its damage, not the plugin's; only where it is read from may fail as such.
            Report("a damaged document");
        }
    }

    /// <summary>Whether there is time left.</summary>
    /// <exception cref="OperationCanceledException">The call has ended.</exception>
    public bool IsInTime()
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (clock.GetElapsedTime(_start) > limits.Time)
        {
            Report("more than can be read in time");
            return false;
        }

        return true;
    }

    private bool Take(ref long left, int count, string problem)
    {
        left -= count;
        if (left < 0)
        {
            Report(problem);
            return false;
        }

        return true;
    }
}
