using System.Diagnostics;
using System.Globalization;
using PluginMail.Abstractions;
using PluginMail.Benchmarks.Measuring;
using PluginMail.Storage;
using PluginMail.Storage.Sqlite;

namespace PluginMail.Benchmarks;

/// <summary>
/// Commits of one message a call by many callers at once; then opening, changing and comparing a large folder.
/// Options: <c>--callers --octets --seconds</c>, and <c>--sync-delay</c> in milliseconds.
/// </summary>
internal static class StorageBenchmark
{
    public static async Task RunAsync(BenchmarkOptions options)
    {
        int callers = options.Number("callers", 40);
        int octets = options.Number("octets", 4096);
        int seconds = options.Number("seconds", options.IsQuick ? 1 : 5);
        await using TemporaryStore temporary = await TemporaryStore.OpenAsync(TimeSpan.FromMilliseconds(options.Number("sync-delay", 0)));
        SqliteMailStore store = temporary.Store;
        FolderId[] inboxes = await InboxesAsync(store, 20);
        await CommitsAsync(store, inboxes, callers, octets, TimeSpan.FromSeconds(1));
        TimeSpan before = Environment.CpuUsage.TotalTime;
        double writerBefore = WriterMicroseconds();
        (long count, double elapsed, double[] latencies) = await CommitsAsync(store, inboxes, callers, octets, TimeSpan.FromSeconds(seconds));
        double processor = (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / count;
        Console.WriteLine(
            $"{callers} callers, {octets} octets: {count / elapsed:N0} commits/s, {processor:N1} us processor each "
            + $"({(WriterMicroseconds() - writerBefore) / count:N1} in the writer), p50 {latencies[latencies.Length / 2]:N2} ms, "
            + $"p99 {latencies[latencies.Length * 99 / 100]:N2} ms, {Environment.WorkingSet >> 20} MiB resident");
        await LargeFolderAsync(store, inboxes[0]);
    }

    private static double WriterMicroseconds() => Directory.Exists("/proc/self/task")
        ? Directory.EnumerateDirectories("/proc/self/task").Select(task => File.ReadAllText(task + "/stat"))
            .Where(stat => stat.Contains("(mail writer)", StringComparison.Ordinal))
            .Sum(stat => stat[(stat.IndexOf(')', StringComparison.Ordinal) + 2)..].Split(' ')[11..13].Sum(ticks => 10_000 * double.Parse(ticks, CultureInfo.InvariantCulture)))
        : 0;

    private static async Task<FolderId[]> InboxesAsync(SqliteMailStore store, int count)
    {
        var inboxes = new FolderId[count];
        for (int i = 0; i < count; i++)
        {
            var address = new EmailAddress("user" + i, TemporaryStore.Domain);
            await store.Directory.AddAccountAsync(address, "", 0, new ScramVerifier(1, new byte[16], new byte[32], new byte[32]), [], default);
            Account account = (await store.Directory.FindAccountAsync(address, default))!;
            inboxes[i] = (await store.Mailboxes.FindFolderAsync(account.Id, Folder.Inbox, default))!.Id;
        }

        return inboxes;
    }

    private static async Task<(long Count, double Elapsed, double[] Latencies)> CommitsAsync(
        SqliteMailStore store, FolderId[] inboxes, int callers, int octets, TimeSpan duration)
    {
        long started = Stopwatch.GetTimestamp();
        byte[] text = new byte[octets];
        Random.Shared.NextBytes(text);
        byte[] structure = new byte[120];
        List<double>[] all = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var latencies = new List<double>();
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                long begun = Stopwatch.GetTimestamp();
                await using IBodySpool spool = store.Bodies.CreateSpool();
                await spool.WriteAsync(text, default);
                var body = new NewBody(await spool.CompleteAsync(default), structure);
                var copy = new NewCopy(body, inboxes[caller % inboxes.Length], "Return-Path: <a@b.test>\r\n"u8.ToArray(), default, [], DateTimeOffset.UnixEpoch);
                await store.CommitAsync(new StoreBatch([copy], []), default);
                latencies.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }

            return latencies;
        })));
        double elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        double[] sorted = [.. all.SelectMany(list => list).Order()];
        return (sorted.Length, elapsed, sorted);
    }

    private static async Task LargeFolderAsync(SqliteMailStore store, FolderId inbox)
    {
        var body = new NewBody(new MemoryContent(new byte[100]), default);
        for (int i = 0; i < 100; i++)
        {
            await store.CommitAsync(new StoreBatch([.. Enumerable.Repeat(new NewCopy(body, inbox, default, default, [], DateTimeOffset.UnixEpoch), 1000)], []), default);
        }

        long begun = Stopwatch.GetTimestamp();
        using IFolderHold hold = (await store.Mailboxes.HoldAsync(inbox, false, default))!;
        FolderVersion version = hold.Version;
        Console.WriteLine($"opening a folder of {version.Count:N0}: {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:N1} ms");
        uint[] uids = [.. Enumerable.Range(0, version.Count).Select(i => version[i].Uid)];
        begun = Stopwatch.GetTimestamp();
        await store.Mailboxes.UpdateFlagsAsync(inbox, [uids[500], uids[^500]], new FlagUpdate(FlagUpdateMode.Add, MessageFlags.Seen, []), null, default);
        Console.WriteLine($"two flags: {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:N2} ms");
        FolderVersion newer = hold.Advance();
        begun = Stopwatch.GetTimestamp();
        FolderDelta delta = newer.DeltaFrom(version);
        Console.WriteLine($"difference of {delta.Changed.Length} flags: {Stopwatch.GetElapsedTime(begun).TotalMicroseconds:N0} us");
        begun = Stopwatch.GetTimestamp();
        await store.Mailboxes.UpdateFlagsAsync(inbox, uids, new FlagUpdate(FlagUpdateMode.Add, MessageFlags.Seen, []), null, default);
        Console.WriteLine($"all flags: {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:N0} ms");
        begun = Stopwatch.GetTimestamp();
        IReadOnlyList<StoredMessage> read = await store.Mailboxes.ReadAsync(hold, uids[..500], true, default);
        Console.WriteLine($"reading {read.Count} rows: {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:N1} ms");
    }
}
