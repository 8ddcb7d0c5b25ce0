namespace PluginMail.Benchmarks.Measuring;

/// <summary>One thing that is measured.</summary>
/// <param name="Name">What it is, as the table shows it.</param>
/// <param name="RunAsync">Does it so many times.</param>
internal sealed record Case(string Name, Func<int, ValueTask> RunAsync)
{
    /// <summary>A case without waiting.</summary>
    public static Case Of(string name, Action once) => new(name, count =>
    {
        for (int i = 0; i < count; i++)
        {
            once();
        }

        return ValueTask.CompletedTask;
    });
}

/// <summary>What a case costs.</summary>
/// <param name="Median">Microseconds each time; the median of the rounds.</param>
/// <param name="Fastest">Microseconds each time in the fastest round: close to what it costs on an idle machine.</param>
/// <param name="Processor">
/// Microseconds of processor each time, all threads together; the median. What other programs take does not count, so that this is the figure to
/// trust on a busy machine.
/// </param>
/// <param name="Allocated">Octets allocated each time; the median.</param>
internal readonly record struct Cost(double Median, double Fastest, double Processor, double Allocated);
