using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Benchmarks.Measuring;
using PluginMail.Delivery;
using PluginMail.Filters;
using PluginMail.Filters.Evaluation;
using PluginMail.Mime;
using PluginMail.Storage;

namespace PluginMail.Benchmarks;

/// <summary>
/// What <c>filter preview</c>, <c>apply</c> and <c>undo</c> cost on a folder of 100,000 messages: rules on headers, one rule on bodies, and moving
/// half of it there and back. Options: <c>--messages --rules</c>. Nine messages of ten are text of 4 KiB, one has an attachment of 60 KiB.
/// </summary>
internal static class PreviewBenchmark
{
    private const int BatchSize = 500;

    public static async Task RunAsync(BenchmarkOptions options)
    {
        int count = options.Number("messages", options.IsQuick ? 10_000 : 100_000);
        int rules = options.Number("rules", 20);
        await using TemporaryStore temporary = await TemporaryStore.OpenAsync();
        IMailStore store = temporary.Store;
        var address = new EmailAddress("anna", TemporaryStore.Domain);
        await store.Directory.AddAccountAsync(address, "", 0, new ScramVerifier(1, new byte[16], new byte[32], new byte[32]), [], default);
        Account account = (await store.Directory.FindAccountAsync(address, default))!;
        Folder inbox = (await store.Mailboxes.FindFolderAsync(account.Id, Folder.Inbox, default))!;
        long started = Stopwatch.GetTimestamp();
        long octets = await FillAsync(store, inbox.Id, count);
        Console.WriteLine($"{count:N0} messages, {octets >> 20:N0} MiB, put there in {Stopwatch.GetElapsedTime(started).TotalSeconds:N1} s");

        var delivering = new DeliveryOptions("bench.example.test", CanSendElsewhere: false, RefusesOverQuota: false);
        StoredMailFilter headers = new(Compile(HeaderRules(rules)), store, account, delivering, TimeProvider.System);
        StoredMailFilter bodies = new(Compile("require [\"body\", \"fileinto\"]; if body :contains \"no such words\" { fileinto \"Found\"; }"), store, account, delivering, TimeProvider.System);
        await PreviewAsync("first look", headers, store, inbox);
        await PreviewAsync($"preview, {rules} rules on headers", headers, store, inbox);
        await PreviewAsync("preview, 1 rule on bodies", bodies, store, inbox);

        started = Stopwatch.GetTimestamp();
        MailboxJob job = (await store.Jobs.BeginAsync(new NewMailboxJob(account.Id, inbox.Id, "bench", default), default))!.Value.Job;
        job = (await new StoredMailRun(headers, store, inbox).RunAsync(job, static (_, _) => ValueTask.CompletedTask, default))!;
        Console.WriteLine($"apply: {Stopwatch.GetElapsedTime(started).TotalSeconds:N1} s, {job.Counts.Moved:N0} moved, {job.Counts.Processed:N0} seen");
        started = Stopwatch.GetTimestamp();
        while (job.State != MailboxJobState.Undone)
        {
            job = (await store.Jobs.UndoAsync(job.Id, BatchSize, default))!;
        }

        Console.WriteLine($"undo: {Stopwatch.GetElapsedTime(started).TotalSeconds:N1} s, {job.Counts.Returned:N0} returned");
    }

    private static async Task PreviewAsync(string name, StoredMailFilter filter, IMailStore store, Folder folder)
    {
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long allocated = GC.GetTotalAllocatedBytes();
        long started = Stopwatch.GetTimestamp();
        using IFolderHold hold = (await store.Mailboxes.HoldAsync(folder.Id, takeRecent: false, default))!;
        int filed = 0;
        for (int first = 0; first < hold.Version.Count; first += BatchSize)
        {
            uint[] uids = [.. Enumerable.Range(first, Math.Min(BatchSize, hold.Version.Count - first)).Select(position => hold.Version[position].Uid)];
            IReadOnlyList<FilteredMessage> messages = await filter.RunAsync(hold, uids, withSubjects: false, default);
            filed += messages.Count(message => message.Result.Effects.Any(effect => effect is FilterEffect.FileInto));
        }

        Console.WriteLine(
            $"{name}: {Stopwatch.GetElapsedTime(started).TotalSeconds:N1} s ({(Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / hold.Version.Count:N0} us "
            + $"processor and {(GC.GetTotalAllocatedBytes() - allocated) / hold.Version.Count:N0} octets allocated each), {filed:N0} filed");
    }

    private static async Task<long> FillAsync(IMailStore store, FolderId inbox, int count)
    {
        byte[] small = SampleMessages.Text(4 << 10), large = SampleMessages.WithAttachment(60 << 10);
        byte[] prefix = "Return-Path: <ada@corp.example>\r\n"u8.ToArray();
        long octets = 0;
        for (int first = 0; first < count; first += BatchSize)
        {
            var copies = new List<NewCopy>(BatchSize);
            for (int i = first; i < Math.Min(count, first + BatchSize); i++)
            {
                byte[] message = [.. Encoding.ASCII.GetBytes($"Subject: report {i}\r\nX-Number: {i % 100}\r\n"), .. i % 10 == 0 ? large : small];
                octets += message.Length;
                var structure = new ArrayBufferWriter<byte>();
                MimeScanner.Scan(message).Encode(structure);
                copies.Add(new NewCopy(new NewBody(new MemoryContent(message), structure.WrittenMemory), inbox, prefix, default, [], DateTimeOffset.UnixEpoch));
            }

            await store.CommitAsync(new StoreBatch(copies, []), default);
        }

        return octets;
    }

    private static CompiledFilter Compile(string script) =>
        FilterCompiler.Compile(script) is { Filter: { } filter } compilation
            ? filter
            : throw new InvalidOperationException(FilterCompiler.Compile(script).Errors.First().Message);

    // Half of the messages match the last rule, the others none.
    private static string HeaderRules(int rules)
    {
        var script = new StringBuilder("require [\"fileinto\", \"regex\"];\n");
        for (int i = 1; i < rules; i++)
        {
            script.Append(CultureInfo.InvariantCulture, $"if header :contains [\"list-id\", \"subject\"] \"list{i}.example\" {{ fileinto \"Folder {i}\"; stop; }}\n");
        }

        return script.Append("if header :regex \"x-number\" \"^[0-4]?[0-9]$\" { fileinto \"Half\"; }\n").ToString();
    }
}
