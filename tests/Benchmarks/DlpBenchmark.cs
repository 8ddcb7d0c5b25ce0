using System.Collections.Immutable;
using System.Diagnostics;
using PluginMail.Addresses;
using PluginMail.Benchmarks.Measuring;
using PluginMail.Dlp;
using PluginMail.Dlp.Fingerprints;
using PluginMail.Dlp.Rules;
using PluginMail.Dlp.Text;
using PluginMail.Connectors.Tests.Dlp;

namespace PluginMail.Benchmarks;

/// <summary>
/// Mail of 100 kB against the fingerprints of 10,000 documents of 100 kB each, 1 GB of text: time to look at a message, memory. The documents
/// are made as they are read and never all there. Options: <c>--documents --octets --mail</c>.
/// </summary>
internal static class DlpBenchmark
{
    private const int HashesAtOnce = 1 << 20;
    private const double OctetsPerWord = 6.1;

    public static async Task RunAsync(BenchmarkOptions options)
    {
        int documents = options.Number("documents", options.IsQuick ? 500 : 10_000);
        int octets = options.Number("octets", 100_000);
        int mailOctets = options.Number("mail", 100_000);
        string folder = Directory.CreateTempSubdirectory("pluginmail-dlp-").FullName;
        try
        {
            Build(folder, documents, octets);
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            long managedBefore = GC.GetTotalMemory(forceFullCollection: true);
            using var index = FingerprintIndex.Open(folder, out _);
            long files = Directory.EnumerateFiles(folder).Sum(file => new FileInfo(file).Length);
            long managed = GC.GetTotalMemory(forceFullCollection: true) - managedBefore;
            Console.WriteLine($"index: {index.Catalog.Documents.Length:N0} documents, {index.Entries:N0} fingerprints, {files / 1e6:N1} MB of files, {managed / 1e6:N1} MB managed");

            var plain = new MailScan(Options([]), index, TimeProvider.System);
            var full = new MailScan(Options([Rule("card"), Rule("iban")]), index, TimeProvider.System);
            var every = new MailScan(Options([.. PatternKind.All.Keys.Select(Rule)]), index, TimeProvider.System);
            string[] innocent = [.. Enumerable.Range(0, 20).Select(i => Prose(5_000_000 + i, mailOctets))];
            string[] numbers = [.. Enumerable.Range(0, 20).Select(i => Orders(i, mailOctets))];
            string[] guilty = [.. Enumerable.Range(0, 20).Select(i => Excerpt(Prose(6_000_000 + i, mailOctets), Document(i * documents / 20, octets)))];
            int turn = 0;
            Case[] cases =
            [
                Case.Of("innocent mail", () => Expect(plain.Run(Reader(innocent[turn++ % 20]), Limits, default), isFound: false)),
                Case.Of("mail with an excerpt of 200 words", () => Expect(plain.Run(Reader(guilty[turn++ % 20]), Limits, default), isFound: true)),
                Case.Of("innocent mail, cards and accounts too", () => Expect(full.Run(Reader(innocent[turn++ % 20]), Limits, default), isFound: false)),
                Case.Of("innocent mail, all kinds of numbers too", () => Expect(every.Run(Reader(innocent[turn++ % 20]), Limits, default), isFound: false)),
                Case.Of("orders, a number in each line, all kinds of numbers too", () => Expect(every.Run(Reader(numbers[turn++ % 20]), Limits, default), isFound: false)),
            ];
            Table.Print($"looking at mail of {mailOctets:N0} octets", cases, await InterleavedRounds.MeasureAsync(options, cases));
            PrintMemory();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static TextLimits Limits { get; } = new(32 << 20, 8 << 20, 64 << 20, 1000, 3, TimeSpan.FromSeconds(60));

    private static void Build(string folder, int documents, int octets)
    {
        using var index = FingerprintIndex.Open(folder, out _);
        using var held = index.TryLock();
        List<(RegisteredDocument, ulong[])> fresh = [];
        int hashes = 0;
        long words = 0;
        long characters = 0;
        TimeSpan reading = default;
        TimeSpan writing = default;
        for (int i = 0; i < documents; i++)
        {
            string text = Document(i, octets);
            characters += text.Length;
            TimeSpan begun = Environment.CpuUsage.TotalTime;
            var own = new DocumentHashes(index.Key);
            own.Sink.Write(text);
            ulong[] distinct = own.Finish();
            reading += Environment.CpuUsage.TotalTime - begun;
            fresh.Add((new RegisteredDocument(0, "c", $"/documents/{i}.txt", text.Length, 0, own.Sink.Count, 0, ""), distinct));
            words += own.Sink.Count;
            hashes += distinct.Length;
            if (hashes > HashesAtOnce || i == documents - 1)
            {
                begun = Environment.CpuUsage.TotalTime;
                index.Commit(fresh, _ => false, ImmutableArray<Registration>.Empty, default);
                if (i == documents - 1)
                {
                    index.Compact(default);
                }

                writing += Environment.CpuUsage.TotalTime - begun;
                fresh.Clear();
                hashes = 0;
            }
        }

        Console.WriteLine($"registered {characters / 1e6:N0} MB, {words / 1e6:N1} million words; processor: {reading.TotalSeconds:N1} s fingerprints, {writing.TotalSeconds:N1} s writing and merging");
        Console.WriteLine($"peak while registering: {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:N0} MB working set");
    }

    private static string Document(int number, int octets) => Prose(20_000_000 + number, octets);

    private static string Prose(int seed, int octets) => new TextGenerator(seed).Prose((int)(octets / OctetsPerWord));

    private static string Orders(int seed, int octets)
    {
        var random = new Random(seed);
        var lines = Prose(7_000_000 + seed, octets).Split("\r\n").Select(line => $"{line} {random.NextInt64(100_000, 10_000_000_000)}");
        return string.Join("\r\n", lines);
    }

    private static string Excerpt(string mail, string document)
    {
        int from = document.Length / 3;
        return $"{mail[..(mail.Length / 2)]}\r\n{document.AsSpan(from, 200 * 6)}\r\n{mail[((mail.Length / 2) + (200 * 6))..]}";
    }

    private static Action<TextExtractor, TextBudget> Reader(string mail)
    {
        byte[] octets = System.Text.Encoding.UTF8.GetBytes(mail);
        return (extractor, _) =>
        {
            using var stream = new MemoryStream(octets);
            extractor.Read(stream, "", "text/plain", "utf-8");
        };
    }

    private static void Expect(ScanResult result, bool isFound)
    {
        if (isFound && result.Findings.IsEmpty)
        {
            throw new InvalidOperationException("an excerpt was not found");
        }
    }

    private static DlpOptions Options(ImmutableArray<PatternRule> patterns)
    {
        var collection = new CollectionSettings(new RuleSettings("c", RuleAction.Hold, 0), [], 30, 60, RemovedFile.Keep);
        return new DlpOptions(
            false, [], new AddressPatterns([]), new AddressPatterns([]), Unreadable.Tag, [], "", TimeSpan.FromHours(1), 50,
            Limits, Limits, collection, [], patterns, []);
    }

    private static PatternRule Rule(string kind) => new(new RuleSettings(kind, RuleAction.Hold, 0), PatternKind.All[kind], 1, PatternKind.All[kind].Context);

    private static void PrintMemory()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        string[] lines = File.Exists("/proc/self/status") ? File.ReadAllLines("/proc/self/status") : [];
        string memory = string.Join(", ", lines.Where(line => line.StartsWith("Rss", StringComparison.Ordinal) || line.StartsWith("VmRSS", StringComparison.Ordinal))
            .Select(line => string.Join(' ', line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))));
        Console.WriteLine($"after it: {memory}; managed {GC.GetTotalMemory(forceFullCollection: false) / 1e6:N1} MB");
    }
}
