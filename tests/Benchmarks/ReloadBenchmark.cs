using System.Diagnostics;
using PluginMail.Abstractions;
using PluginMail.Benchmarks.Measuring;
using PluginMail.Benchmarks.Roles;
using PluginMail.Pipeline;

namespace PluginMail.Benchmarks;

/// <summary>
/// How long a session waits because a plugin is replaced: the longest message of each session in a window with a reload of a plugin, and in windows
/// of the same load without one, in turn. The no-op plugin shows what the platform costs, Dnsbl what its new code costs when it first runs. The
/// pipeline and the plugin host are the real ones; spool and delivery are not, and no list of names is answered for.
/// </summary>
internal static class ReloadBenchmark
{
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2); // so that the processors are not full: waiting for one is no pause of ours

    private static readonly string[] Plugins = ["noop", "dnsbl"];

    private const string Table = """
        order = ["noop", "dnsbl"]
        [plugins.dnsbl]
        exempt = []
        lists = [{ zone = "bl.test", asks = ["client", "sender", "uri"], points = 1 }]
        """;

    public static async Task RunAsync(BenchmarkOptions options)
    {
        int sessions = options.Number("sessions", 40);
        int rounds = options.Number("rounds", options.IsQuick ? 10 : 50);
        await using BenchedPlugins host = await BenchedPlugins.StartAsync(Table);
        MailSessions pipeline = RolesBenchmark.Pipeline(host.Catalog, new Elsewhere(), new NoTraces());
        byte[] message = SampleMessages.Text(4 << 10);
        List<double> without = [];
        Dictionary<string, List<double>> with = Plugins.ToDictionary(plugin => plugin, _ => new List<double>());
        for (int round = -3; round < rounds; round++) // the first three warm up
        {
            double[] plain = await LoadAsync(pipeline, message, sessions, static () => Task.CompletedTask);
            without.AddRange(round >= 0 ? plain : []);
            foreach (string plugin in Plugins)
            {
                double[] reloaded = await LoadAsync(pipeline, message, sessions, () => host.ReloadAsync(plugin));
                with[plugin].AddRange(round >= 0 ? reloaded : []);
            }
        }

        Console.WriteLine($"longest message of a session in {Window.TotalMilliseconds} ms, {sessions} sessions, {rounds} windows of each kind, in ms");
        Console.WriteLine($"{"",-24}  {"median",8}  {"p99",8}  {"max",8}");
        Print("without reload", without);
        foreach (string plugin in Plugins)
        {
            Print($"with a reload of {plugin}", with[plugin]);
        }
    }

    /// <returns>The longest message of each session, in milliseconds.</returns>
    private static async Task<double[]> LoadAsync(IMailSessions pipeline, byte[] message, int sessions, Func<Task> meanwhile)
    {
        long end = Stopwatch.GetTimestamp() + (long)(Window.TotalSeconds * Stopwatch.Frequency);
        Task<double>[] load = [.. Enumerable.Range(0, sessions).Select(_ => Task.Run(() => SendUntilAsync(pipeline, message, end)))];
        await meanwhile();
        return await Task.WhenAll(load);
    }

    private static async Task<double> SendUntilAsync(IMailSessions pipeline, byte[] message, long end)
    {
        using var client = new MailClient(pipeline, new EmailAddress("u1", "example.test"), message);
        double longest = 0;
        while (Stopwatch.GetTimestamp() < end)
        {
            long began = Stopwatch.GetTimestamp();
            await client.SendInSessionsAsync(1);
            longest = Math.Max(longest, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            await Task.Delay(Pause);
        }

        return longest;
    }

    private static void Print(string name, List<double> pauses)
    {
        pauses.Sort();
        Console.WriteLine($"{name,-24}  {pauses[pauses.Count / 2],8:F2}  {pauses[pauses.Count * 99 / 100],8:F2}  {pauses[^1],8:F2}");
    }
}
