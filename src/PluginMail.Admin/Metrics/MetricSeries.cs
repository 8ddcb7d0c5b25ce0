
namespace PluginMail.Admin;

/// <summary>One series: what was recorded with one set of labels. Threads add to it without a lock.</summary>
/// <param name="labels">The labels as they are written, without braces; empty for none.</param>
/// <param name="description">The metric.</param>
internal sealed class MetricSeries(string labels, MetricDescription description)
{
    private readonly long[] _buckets = description.Kind == MetricKind.Histogram ? new long[description.Bounds.Length + 1] : [];
    private double _value;
    private int _round;

    public string Labels { get; } = labels;

    /// <summary>The value; of a histogram the sum of what was recorded.</summary>
    public double Value => Volatile.Read(ref _value);

    /// <summary>The reading that the value was observed in.</summary>
    public int Round => Volatile.Read(ref _round);

    /// <summary>Of a histogram how often each bucket was hit, the one without bound at the end.</summary>
    public long BucketCount(int index) => Volatile.Read(ref _buckets[index]);

    /// <summary>Takes a measurement in the metric's unit.</summary>
    public void Record(double value, int round)
    {
        Volatile.Write(ref _round, round);
        if (description.IsAbsolute)
        {
            Volatile.Write(ref _value, value);
            return;
        }

        if (description.Kind == MetricKind.Histogram)
        {
            Interlocked.Increment(ref _buckets[BucketOf(value)]);
        }
        else if (description.Kind == MetricKind.Counter && value < 0)
        {
            return; // a counter that goes down is one that began anew, to those who read it
        }

        Add(value);
    }

    private int BucketOf(double value)
    {
        double[] bounds = description.Bounds;
        int index = 0;
        while (index < bounds.Length && value > bounds[index])
        {
            index++;
        }

        return index;
    }

    private void Add(double value)
    {
        double seen = Volatile.Read(ref _value);
        while (true)
        {
            double found = Interlocked.CompareExchange(ref _value, seen + value, seen);
            if (found.Equals(seen))
            {
                return;
            }

            seen = found;
        }
    }
}
