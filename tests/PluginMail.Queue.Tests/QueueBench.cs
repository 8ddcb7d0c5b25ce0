using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;
using PluginMail.Testing;

namespace PluginMail.Queue.Tests;

/// <summary>The queue on a real store with real delivery; what is elsewhere goes to a scripted transport.</summary>
internal sealed class QueueBench : IAsyncDisposable
{
    public const string Message = "From: anna@example.test\r\nSubject: hello\r\n\r\nbody\r\n";

    private QueueBench(DeliveryBench bench, IDelivery? delivery, IOutboundTransport? transport)
    {
        Bench = bench;
        IDelivery used = delivery ?? bench.Delivery;
        var reports = new FailureReports(bench.Router, used, () => Options, bench.Clock);
        Runner = new QueueRunner(
            bench.Mail.Store, used, bench.Router, transport, reports, Traces, () => Options, bench.Clock, NullLogger<QueueRunner>.Instance);
    }

    public DeliveryBench Bench { get; }

    public TemporaryStore Mail => Bench.Mail;

    public QueueRunner Runner { get; }

    public KeptTraces Traces { get; } = new();

    public QueueOptions Options { get; set; } =
        new("mx.example.test", [TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15)], TimeSpan.FromDays(5), Parallelism: 2);

    public static async Task<QueueBench> OpenAsync(Func<DeliveryBench, IDelivery>? delivery = null, IOutboundTransport? transport = null)
    {
        DeliveryBench bench = await DeliveryBench.OpenAsync();
        bench.Options = bench.Options with { CanSendElsewhere = transport is not null };
        await bench.Mail.AddAccountAsync("anna");
        await bench.Mail.AddAccountAsync("bob");
        return new QueueBench(bench, delivery?.Invoke(bench), transport);
    }

    public async Task EnqueueAsync(string? from, string? hold, params string[] to)
    {
        MailMessage message = MailMessage.Scan(new MemoryContent(Encoding.UTF8.GetBytes(Message)));
        var entry = new NewQueueEntry(
            message.Body,
            from is null ? null : TemporaryStore.Address(from),
            [.. to.Select(TemporaryStore.Address)],
            Direction.Incoming,
            TransactionId.Next(Bench.Clock.GetUtcNow()),
            Bench.Clock.GetUtcNow(),
            hold);
        await Mail.Store.CommitAsync(new StoreBatch([], [entry]), CancellationToken.None);
    }

    public Task<int> RunAsync() => Runner.RunDueAsync(CancellationToken.None).AsTask();

    public async ValueTask DisposeAsync()
    {
        Runner.Dispose();
        await Bench.DisposeAsync();
    }

    internal sealed class KeptTraces : ITraceLog
    {
        public List<DecisionTrace> All { get; } = [];

        public void Append(DecisionTrace trace) => All.Add(trace);

        public ValueTask<IReadOnlyList<string>> FindAsync(string transactionId, CancellationToken cancellationToken) => new([]);
    }
}

/// <summary>Answers each recipient as a script says.</summary>
internal sealed class ScriptedTransport(Func<EmailAddress, SmtpReply> answer) : IOutboundTransport
{
    public List<EmailAddress> Sent { get; } = [];

    public string DestinationOf(string domain) => domain;

    public ValueTask<ImmutableArray<OutboundOutcome>> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        Sent.AddRange(message.Recipients.Select(to => to.Address));
        return new([.. message.Recipients.Select(to => new OutboundOutcome(answer(to.Address)))]);
    }
}
