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
        Runner = new QueueRunner(
            bench.Mail.Store, delivery ?? bench.Delivery, bench.Router, transport, Traces, () => Options, bench.Clock, NullLogger<QueueRunner>.Instance);
    }

    public DeliveryBench Bench { get; }

    public FakeTime Clock => Bench.Clock;

    public TemporaryStore Mail => Bench.Mail;

    public QueueRunner Runner { get; }

    public KeptTraces Traces { get; } = new();

    public QueueOptions Options { get; set; } =
        new("mx.example.test", [TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15)], TimeSpan.FromDays(5), Parallelism: 2);

    public static Task<QueueBench> OpenAsync(Func<DeliveryBench, IDelivery>? delivery = null, IOutboundTransport? transport = null) =>
        OpenAsync(delivery, _ => transport);

    /// <summary>Opens one whose transport goes by its clock.</summary>
    public static Task<QueueBench> OpenAsync(Func<TimeProvider, IOutboundTransport> transport) => OpenAsync(delivery: null, transport);

    private static async Task<QueueBench> OpenAsync(Func<DeliveryBench, IDelivery>? delivery, Func<TimeProvider, IOutboundTransport?> make)
    {
        DeliveryBench bench = await DeliveryBench.OpenAsync();
        IOutboundTransport? transport = make(bench.Clock);
        bench.Options = bench.Options with { CanSendElsewhere = transport is not null };
        await bench.Mail.AddAccountAsync("anna");
        await bench.Mail.AddAccountAsync("bob");
        return new QueueBench(bench, delivery?.Invoke(bench), transport);
    }

    public Task EnqueueAsync(string? from, string? hold, params string[] to) =>
        EnqueueAsync(from, [.. to.Select(one => new NewQueueRecipient(TemporaryStore.Address(one)))], entry => entry with { HoldReason = hold });

    public async Task EnqueueAsync(string? from, ImmutableArray<NewQueueRecipient> to, Func<NewQueueEntry, NewQueueEntry>? change = null)
    {
        MailMessage message = MailMessage.Scan(new MemoryContent(Encoding.UTF8.GetBytes(Message)));
        var entry = new NewQueueEntry(
            message.Body,
            from is null ? null : TemporaryStore.Address(from),
            to,
            Direction.Incoming,
            TransactionId.Next(Clock.GetUtcNow()),
            Clock.GetUtcNow(),
            null);
        await Mail.Store.CommitAsync(new StoreBatch([], [change?.Invoke(entry) ?? entry]), CancellationToken.None);
    }

    public Task<int> RunAsync() => Runner.RunDueAsync(CancellationToken.None).AsTask();

    public async Task<QueueEntry> OnlyAsync() =>
        (await Mail.Store.Queue.FindAsync(Assert.Single(await Mail.QueueAsync()).Id, CancellationToken.None))!;

    public async ValueTask DisposeAsync()
    {
        Runner.Dispose();
        await Bench.DisposeAsync();
    }

    internal sealed class KeptTraces : ITraceLog
    {
        public List<DecisionTrace> All { get; } = [];

        public void Append(DecisionTrace trace)
        {
            lock (All)
            {
                All.Add(trace);
            }
        }

        public ValueTask<IReadOnlyList<string>> FindAsync(string transactionId, CancellationToken cancellationToken) => new([]);
    }
}

/// <summary>Answers each recipient as a script says.</summary>
internal sealed class ScriptedTransport(Func<EmailAddress, OutboundOutcome> answer) : IOutboundTransport
{
    public static readonly OutboundOutcome Ok = new(new SmtpReply(250, new EnhancedStatusCode(2, 0, 0), "ok")) { Host = "mx.elsewhere.test" };

    public static readonly OutboundOutcome Later = new(new SmtpReply(450, new EnhancedStatusCode(4, 2, 1), "later")) { Host = "mx.elsewhere.test" };

    public static readonly OutboundOutcome Down = new(new SmtpReply(451, new EnhancedStatusCode(4, 4, 1), "no answer")) { IsDestinationDown = true };

    private readonly List<EmailAddress> _sent = [];

    public List<OutboundMessage> Messages { get; } = [];

    public IReadOnlyList<string> Sent
    {
        get
        {
            lock (_sent)
            {
                return [.. _sent.Select(to => to.ToString())];
            }
        }
    }

    public static OutboundOutcome No(int code = 550) =>
        new(new SmtpReply(code, new EnhancedStatusCode(5, 1, 1), "no such user")) { Host = "mx.elsewhere.test [192.0.2.1]" };

    public string DestinationOf(string domain) => domain;

    public ValueTask<ImmutableArray<OutboundOutcome>> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        lock (_sent)
        {
            _sent.AddRange(message.Recipients.Select(to => to.Address));
            Messages.Add(message);
        }

        return new([.. message.Recipients.Select(to => answer(to.Address))]);
    }
}
