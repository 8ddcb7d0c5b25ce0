using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PluginMail.Fuzz;

/// <summary>Drives one target for a bounded time and keeps the input that breaks it.</summary>
internal static class FuzzRun
{
    private static readonly TimeSpan MaxTimeForOneInput = TimeSpan.FromSeconds(30);

    /// <summary>Runs the crash fixtures, the seeds as they are, and then mutations of the seeds until the time is over.</summary>
    public static void Run(string target, IEnumerable<string> words, Action<byte[]> check)
    {
        var corpus = new FuzzCorpus(target);
        Assert.NotEmpty(corpus.Seeds);
        foreach (var input in corpus.Crashes.Concat(corpus.Seeds))
        {
            Try(target, input, check);
        }
        var mutator = new Mutator(corpus.Seeds, [.. words.Select(Encoding.UTF8.GetBytes)], Setting("FUZZ_SEED", 1));
        var time = TimeSpan.FromSeconds(Setting("FUZZ_SECONDS", 1));
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            Try(target, mutator.Next(), check);
        }
    }

    private static void Try(string target, byte[] input, Action<byte[]> check)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            check(input);
        }
        catch (Exception exception)
        {
            Assert.Fail($"{Keep(target, input)}: {exception}");
        }
        if (Stopwatch.GetElapsedTime(started) > MaxTimeForOneInput)
        {
            Assert.Fail($"too slow: {Keep(target, input)}");
        }
    }

    private static string Keep(string target, byte[] input)
    {
        var name = Convert.ToHexString(SHA256.HashData(input).AsSpan(0, 6));
        var path = Path.Combine(Path.GetTempPath(), $"fuzz-{target}-{name}");
        File.WriteAllBytes(path, input);
        return path;
    }

    private static int Setting(string name, int value) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : value;
}
