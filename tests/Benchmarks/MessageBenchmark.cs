using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Benchmarks.Measuring;
using PluginMail.Delivery;
using PluginMail.Filters;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Benchmarks;

/// <summary>
/// Whole messages of 4 KiB from the mail session through delivery and the recipients' filters to the commit on disk, many sessions at once:
/// messages a second, and octets allocated for each. <c>--types</c> says of what.
/// </summary>
internal static class MessageBenchmark
{
    private const string Script = """
        # rule:[Invoices]
        if all (sender :within "acme.example", subject :contains "invoice") { move "Invoices"; }
        # rule:[Lists]
        if header :contains "list-id" "news.example" { move "Lists"; }
        # rule:[Pushy]
        if sender "offers@pushy.example" { delete; }
        """;

    public static async Task RunAsync(BenchmarkOptions options)
    {
        int sessions = options.Number("sessions", 40);
        int messages = options.Number("messages", options.IsQuick ? 100 : 400);
        await using TemporaryStore temporary = await TemporaryStore.OpenAsync();
        IMailStore store = temporary.Store;
        await AddAccountsAsync(store, 4);
        await using var traces = new SegmentedTraceLog(
            Path.Combine(temporary.Folder, "traces"), () => TimeSpan.FromDays(1), TimeProvider.System, NullLogger<SegmentedTraceLog>.Instance);
        MailSessions pipeline = Pipeline(store, traces);
        byte[] message = SampleMessages.Text(4 << 10);
        MailClient[] clients = [.. Enumerable.Range(0, sessions).Select(i => new MailClient(pipeline, Address(i % 4), message))];
        await SendAsync(clients, messages);
        using AllocatedTypes? types = options.Text("types", "no") == "yes" ? new AllocatedTypes() : null;
        List<(double Rate, double Octets, double Processor)> rounds = [];
        for (int round = 0; round < options.Rounds; round++)
        {
            rounds.Add(await SendAsync(clients, messages));
        }

        (double rate, double octets, double processor) = (
            InterleavedRounds.Median(rounds.Select(sample => sample.Rate)),
            InterleavedRounds.Median(rounds.Select(sample => sample.Octets)),
            InterleavedRounds.Median(rounds.Select(sample => sample.Processor)));
        Console.WriteLine(
            $"{sessions} sessions, 4 KiB: {rate:N0} messages/s, {processor:N1} us of processor and {octets:N0} octets allocated a message");
        types?.Print(rounds.Count * sessions * messages);
    }

    private static async Task<(double Rate, double Octets, double Processor)> SendAsync(MailClient[] clients, int messages)
    {
        int total = clients.Length * messages;
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long octets = GC.GetTotalAllocatedBytes(precise: true);
        long begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(clients.Select(client => Task.Run(() => client.SendInOneSessionAsync(messages).AsTask())));
        TimeSpan took = Stopwatch.GetElapsedTime(begun);
        return (
            total / took.TotalSeconds,
            (double)(GC.GetTotalAllocatedBytes(precise: true) - octets) / total,
            (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / total);
    }

    private static EmailAddress Address(int account) => new($"u{account + 1}", TemporaryStore.Domain);

    private static async Task AddAccountsAsync(IMailStore store, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await store.Directory.AddAccountAsync(Address(i), "", 0, ScramVerifier.Create("pass", 1), [], default);
            Account account = (await store.Directory.FindAccountAsync(Address(i), default))!;
            await store.Scripts.PutAsync(account.Id, "rules", Encoding.UTF8.GetBytes(Script), activate: true, default);
        }
    }

    private static MailSessions Pipeline(IMailStore store, ITraceLog traces)
    {
        var delivering = new DeliveryOptions("bench.example.test", CanSendElsewhere: false, RefusesOverQuota: false);
        var options = new PipelineOptions("bench.example.test", [], RefusesOverQuota: false, TimeSpan.FromMinutes(2), new SpamThresholds(5, 8, 15));
        var router = new RecipientRouter(
            store.Directory, NoRoles.Instance, new SenderRewriting(new byte[32], TimeProvider.System), () => delivering);
        var server = new ServerFilters(
            () => ServerFilterFiles.None, () => FilterCompilerOptions.Default, TimeProvider.System, NullLogger<ServerFilters>.Instance);
        var filters = new FilterCache(store.Scripts, server, () => FilterCompilerOptions.Default, NullLogger<FilterCache>.Instance);
        var letters = new Correspondence(router, store.State, () => delivering, TimeProvider.System, NullLogger<Correspondence>.Instance);
        var contexts = new FilterContexts(store, letters, () => delivering, TimeProvider.System);
        var runner = new FilterRunner(
            filters, router, store.Directory, () => delivering, letters, contexts, new FilterCounters(store.State.FilterCounts, TimeProvider.System, NullLogger<FilterCounters>.Instance),
            TimeProvider.System, NullLogger<FilterRunner>.Instance);
        var delivery = new DeliveryService(
            router, runner, letters, store, () => delivering, TimeProvider.System, NullLogger<DeliveryService>.Instance);
        return new MailSessions(
            NoRoles.Instance, router, delivery, store.Bodies, traces, () => options, TimeProvider.System, NullLogger<MailSessions>.Instance, new NoAlerts());
    }
}
