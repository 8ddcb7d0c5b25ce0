using System.Diagnostics;
using PluginMail.Benchmarks.Measuring;
using PluginMail.Filters;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Benchmarks.Filters;

/// <summary>
/// The whole job beside Pigeonhole over the same files: read a message, parse it, evaluate the script. Each round runs both over all
/// messages; what Pigeonhole takes for an empty mailbox is subtracted.
/// </summary>
internal static class FilterComparison
{
    private static readonly int[] RuleCounts = [10, 100, 1000];

    public static async Task RunAsync(BenchmarkOptions options)
    {
        if (!SieveFilter.IsInstalled)
        {
            Console.WriteLine("no sieve-filter here (Debian: dovecot-sieve): nothing to compare with");
            return;
        }

        using var peer = new SieveFilter();
        int messages = options.Number("messages", options.IsQuick ? 300 : 1000);
        for (int i = 0; i < messages; i++)
        {
            peer.Add(i, SampleMessages.Text(4 << 10));
        }

        foreach (int rules in RuleCounts)
        {
            await File.WriteAllTextAsync(Path.Combine(peer.Scripts, $"{rules}.sieve"), FilterScripts.Standard(rules));
        }

        await peer.ShareAsync();
        foreach (int rules in RuleCounts)
        {
            await peer.CompileAsync($"{rules}.sieve");
        }

        Print(messages, await MeasureAsync(peer, options, messages));
    }

    private static async Task<Dictionary<int, List<Round>>> MeasureAsync(SieveFilter peer, BenchmarkOptions options, int messages)
    {
        string[] files = Directory.GetFiles(peer.Messages);
        var filters = RuleCounts.ToDictionary(rules => rules, rules => FilterCompiler.Compile(FilterScripts.Standard(rules)).Filter!);
        long warm = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(warm) < TimeSpan.FromSeconds(3))
        {
            filters.Values.ToList().ForEach(filter => Filter(filter, files));
        }

        var rounds = RuleCounts.ToDictionary(rules => rules, _ => new List<Round>());
        for (int i = 0; i < options.Number("rounds", options.IsQuick ? 3 : 7); i++)
        {
            foreach (int rules in RuleCounts)
            {
                Round ours = Filter(filters[rules], files);
                var all = await peer.FilterAsync($"{rules}.sieve", none: false);
                var start = await peer.FilterAsync($"{rules}.sieve", none: true);
                if (ours.Filed != messages || all.Filed != messages)
                {
                    throw new InvalidOperationException($"{rules} rules: of {messages} messages the last rule filed {ours.Filed} here and {all.Filed} there");
                }

                rounds[rules].Add(ours with { PeerWall = all.Wall - start.Wall, PeerProcessor = all.Processor - start.Processor });
            }
        }

        return rounds;
    }

    /// <summary>Reads, parses and evaluates each file.</summary>
    private static Round Filter(CompiledFilter filter, string[] files)
    {
        var envelope = new FilterEnvelope { From = "ada@corp.example", To = "u1@example.test", OriginalTo = "u1@example.test", OwnerAddresses = ["u1@example.test"] };
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        int filed = 0;
        foreach (string file in files)
        {
            FilterResult result = filter.Run(new FilterInput(MimeFilterMessage.Of(File.ReadAllBytes(file)), envelope));
            filed += result.Effects is [FilterEffect.FileInto { Folder: FilterScripts.LastFolder }] ? 1 : 0;
        }

        return new(Stopwatch.GetElapsedTime(start), Environment.CpuUsage.TotalTime - processor, filed);
    }

    private static void Print(int messages, Dictionary<int, List<Round>> rounds)
    {
        Console.WriteLine($"whole job (read, parse, evaluate) over {messages} files of 4 KiB, microseconds a message, medians of {rounds[RuleCounts[0]].Count} rounds");
        Console.WriteLine($"{"rules",6}  {"ours",10}  {"sieve-filter",12}  {"times",6}  {"ours, processor",16}  {"sieve-filter",12}  {"times",6}");
        foreach (var (rules, list) in rounds)
        {
            double Each(Func<Round, TimeSpan> of) => InterleavedRounds.Median(list.Select(round => of(round).TotalMicroseconds / messages));
            double Times(Func<Round, double> of) => InterleavedRounds.Median(list.Select(of));
            Console.WriteLine(
                $"{rules,6}  {Each(round => round.Wall),10:F1}  {Each(round => round.PeerWall),12:F1}  {Times(round => round.PeerWall / round.Wall),6:F1}  "
                + $"{Each(round => round.Processor),16:F1}  {Each(round => round.PeerProcessor),12:F1}  {Times(round => round.PeerProcessor / round.Processor),6:F1}");
        }

        double few = InterleavedRounds.Median(rounds[RuleCounts[0]].Select(round => round.Processor.TotalMicroseconds));
        double many = InterleavedRounds.Median(rounds[RuleCounts[^1]].Select(round => round.Processor.TotalMicroseconds));
        Console.WriteLine($"from {RuleCounts[0]} to {RuleCounts[^1]:N0} rules our whole job takes {many / few:F2} times as much processor");
    }

    private sealed record Round(TimeSpan Wall, TimeSpan Processor, int Filed)
    {
        public TimeSpan PeerWall { get; init; }

        public TimeSpan PeerProcessor { get; init; }
    }
}
