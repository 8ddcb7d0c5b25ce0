using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Benchmarks.Measuring;
using PluginMail.Pipeline;
using PluginMail.Queue;
using PluginMail.Storage;
using PluginMail.Storage.Sqlite;

namespace PluginMail.Benchmarks;

/// <summary>
/// A queue of many messages: start, the first page of a list, memory; then all of them sent to a transport that answers at once.
/// Options: <c>--messages --octets --domains --parallelism</c>.
/// </summary>
internal static class QueueBenchmark
{
    private const string Sender = "anna";

    public static async Task RunAsync(BenchmarkOptions options)
    {
        int messages = options.Number("messages", options.IsQuick ? 5_000 : 100_000);
        int octets = options.Number("octets", 4096);
        int domains = options.Number("domains", 1_000);
        int parallelism = options.Number("parallelism", 40);
        await using TemporaryStore temporary = await TemporaryStore.OpenAsync(TimeSpan.Zero);
        SqliteMailStore store = temporary.Store;
        await FillAsync(store, messages, octets, domains);

        long begun = Stopwatch.GetTimestamp();
        IReadOnlyList<QueueEntry> page = await store.Queue.ListAsync(QueueFilter.All, null, 1000, default);
        Console.WriteLine($"first page of {page.Count:N0} of {messages:N0}: {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:N1} ms");
        begun = Stopwatch.GetTimestamp();
        page = await store.Queue.ListAsync(new QueueFilter(Domain: "d7.test"), null, 1000, default);
        Console.WriteLine($"first page of one domain, {page.Count:N0}: {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:N1} ms");

        long before = GC.GetTotalMemory(forceFullCollection: true);
        var hanging = new Transport(isHanging: true);
        using (QueueRunner runner = Runner(store, hanging, parallelism))
        {
            using var stop = new CancellationTokenSource();
            begun = Stopwatch.GetTimestamp();
            Task running = Task.Run(() => runner.RunAsync(stop.Token));
            await hanging.First;
            Console.WriteLine($"from start to the first attempt: {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:N1} ms");
            await Task.Delay(TimeSpan.FromSeconds(2));
            long after = GC.GetTotalMemory(forceFullCollection: true);
            Console.WriteLine($"memory while all wait: {(after - before) / (double)messages:N1} octets a message ({hanging.Count:N0} attempts hang)");
            hanging.Release();
            await stop.CancelAsync();
            await running;
        }

        var transport = new Transport(isHanging: false);
        using QueueRunner drain = Runner(store, transport, parallelism);
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        begun = Stopwatch.GetTimestamp();
        int sent = await drain.RunDueAsync(default);
        double elapsed = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        Console.WriteLine(
            $"{parallelism} attempts at once, each message durable until its 250: {sent / elapsed:N0} messages/s, "
            + $"{(Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / Math.Max(1, sent):N0} us processor each");
        int left = (await store.Queue.ListAsync(QueueFilter.All, null, messages, default)).Count;
        Console.WriteLine($"{left:N0} are left: those whose attempts hung, which are due later");
    }

    private static async Task FillAsync(SqliteMailStore store, int messages, int octets, int domains)
    {
        byte[] text = new byte[octets];
        "Subject: x\r\n\r\n"u8.CopyTo(text);
        text.AsSpan(14).Fill((byte)'x');
        long begun = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, messages), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, token) =>
        {
            var entry = new NewQueueEntry(
                new NewBody(new MemoryContent(text), default),
                new EmailAddress(Sender, TemporaryStore.Domain),
                [new EmailAddress($"r{i}", $"d{i % domains}.test")],
                Direction.Outgoing,
                TransactionId.Next(DateTimeOffset.UnixEpoch),
                DateTimeOffset.UnixEpoch,
                null)
            {
                Source = $"s{i % 50}",
            };
            await store.CommitAsync(new StoreBatch([], [entry]), token);
        });
        Console.WriteLine($"{messages / Stopwatch.GetElapsedTime(begun).TotalSeconds:N0} messages/s into the queue, 64 callers, a commit each");
    }

    private static QueueRunner Runner(SqliteMailStore store, IOutboundTransport transport, int parallelism)
    {
        var options = new QueueOptions("mx.example.test", [TimeSpan.FromMinutes(5)], TimeSpan.FromDays(5), parallelism) { DestinationParallelism = parallelism };
        return new QueueRunner(
            store, new NoDelivery(), new AllElsewhere(), transport, new NoTraces(), () => options, TimeProvider.System, NullLogger<QueueRunner>.Instance);
    }

    private sealed class Transport(bool isHanging) : IOutboundTransport
    {
        private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;

        public Task First => _first.Task;

        public int Count => Volatile.Read(ref _count);

        public void Release() => _release.TrySetResult();

        public string DestinationOf(string domain) => domain;

        public async ValueTask<ImmutableArray<OutboundOutcome>> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _count);
            _first.TrySetResult();
            if (isHanging)
            {
                await _release.Task.WaitAsync(cancellationToken);
                return [.. message.Recipients.Select(_ => new OutboundOutcome(SmtpReply.LocalError("hung")))];
            }

            byte[] octets = new byte[message.Content.Length];
            _ = message.Content.Read(0, octets);
            return [.. message.Recipients.Select(_ => new OutboundOutcome(new SmtpReply(250, new EnhancedStatusCode(2, 0, 0), "ok")) { Host = "mx.test" })];
        }
    }

    private sealed class NoDelivery : IDelivery
    {
        public ValueTask<DeliveryOutcome> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class AllElsewhere : IRecipientRouter
    {
        public ValueTask<RecipientKind> ClassifyAsync(EmailAddress recipient, CancellationToken cancellationToken) => new(RecipientKind.Remote);

        public ValueTask<RecipientKind> ClassifyAsync(EmailAddress recipient, MailOrigin origin, CancellationToken cancellationToken) =>
            new(RecipientKind.Remote);

        public ValueTask<bool> OwnsAsync(EmailAddress account, EmailAddress sender, CancellationToken cancellationToken) => new(true);
    }

    private sealed class NoTraces : ITraceLog
    {
        public void Append(DecisionTrace trace)
        {
        }

        public ValueTask<IReadOnlyList<string>> FindAsync(string transactionId, CancellationToken cancellationToken) => new([]);
    }
}
