using System.Diagnostics;

namespace PluginMail.Benchmarks.Measuring;

/// <summary>
/// Measures cases side by side: each round runs every case once, so that a change of the machine's speed meets all of them, and the median
/// of the rounds leaves out what disturbed a few.
/// </summary>
internal static class InterleavedRounds
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(700);

    /// <summary>Measures.</summary>
    /// <returns>The cost of each case, in their order.</returns>
    public static async Task<Cost[]> MeasureAsync(BenchmarkOptions options, params Case[] cases)
    {
        var target = TimeSpan.FromMilliseconds(options.IsQuick ? 40 : 120);
        int[] counts = new int[cases.Length];
        for (int i = 0; i < cases.Length; i++)
        {
            counts[i] = await WarmUpAsync(cases[i], target);
        }

        var samples = cases.Select(_ => new List<Sample>()).ToArray();
        for (int round = 0; round < options.Rounds; round++)
        {
            for (int i = 0; i < cases.Length; i++)
            {
                samples[i].Add(await SampleAsync(cases[i], counts[i]));
            }
        }

        return [.. samples.Select(rounds => new Cost(
            Median(rounds.Select(sample => sample.Microseconds)),
            rounds.Min(sample => sample.Microseconds),
            Median(rounds.Select(sample => sample.Processor)),
            Median(rounds.Select(sample => sample.Allocated))))];
    }

    /// <summary>The middle one.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>Runs a case until it is compiled well, and says how many times fill one round.</summary>
    private static async Task<int> WarmUpAsync(Case measured, TimeSpan target)
    {
        long begun = Stopwatch.GetTimestamp();
        int count = 1;
        while (true)
        {
            long start = Stopwatch.GetTimestamp();
            await measured.RunAsync(count);
            TimeSpan took = Stopwatch.GetElapsedTime(start);
            if (took > target / 2 && Stopwatch.GetElapsedTime(begun) > WarmUp)
            {
                return (int)Math.Clamp(count * (target / took), 1, int.MaxValue / 2);
            }

            count = took < target ? count * 2 : count;
        }
    }

    private static async Task<Sample> SampleAsync(Case measured, int count)
    {
        long octets = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        await measured.RunAsync(count);
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        return new Sample(
            took.TotalMicroseconds / count,
            (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / count,
            (double)(GC.GetTotalAllocatedBytes(precise: true) - octets) / count);
    }

    private readonly record struct Sample(double Microseconds, double Processor, double Allocated);
}
