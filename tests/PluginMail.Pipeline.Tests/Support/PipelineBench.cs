using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Testing;

namespace PluginMail.Pipeline.Tests;

/// <summary>The pipeline with fake roles, router and delivery, on a real body store.</summary>
internal sealed class PipelineBench : IAsyncDisposable
{
    private PipelineBench(TemporaryStore store, FakeTime clock, TimeProvider? pipelineClock)
    {
        Store = store;
        Clock = clock;
        Sessions = new MailSessions(
            new Catalog(this), Router, Delivery, store.Store.Bodies, Traces, () => Options, pipelineClock ?? clock, NullLogger<MailSessions>.Instance, Alerts);
    }

    public TemporaryStore Store { get; }

    public FakeTime Clock { get; }

    public RoleSet Roles { get; set; } = RoleSet.Empty;

    public FakeRouter Router { get; } = new();

    public FakeDelivery Delivery { get; } = new();

    public KeptTraces Traces { get; } = new();

    public KeptAlerts Alerts { get; } = new();

    public PipelineOptions Options { get; set; } = new(
        "mx.example.test", [IPNetwork.Parse("10.0.0.0/8")], RefusesOverQuota: true, TimeSpan.FromSeconds(120), new SpamThresholds(5, 6, 15));

    public MailSessions Sessions { get; }

    /// <summary>What was delivered last, as text.</summary>
    public string Delivered => Delivery.Taken[^1].Text;

    public static async Task<PipelineBench> OpenAsync(TimeProvider? pipelineClock = null)
    {
        var clock = new FakeTime();
        return new PipelineBench(await TemporaryStore.OpenAsync(clock), clock, pipelineClock);
    }

    public static EmailAddress Address(string text) => TemporaryStore.Address(text);

    public static string Text(MessageContent content)
    {
        byte[] octets = new byte[content.Length];
        int count = 0;
        for (int read; count < octets.Length && (read = content.Read(count, octets.AsSpan(count))) > 0;)
        {
            count += read;
        }

        return Encoding.Latin1.GetString(octets, 0, count);
    }

    public IMailSession Open(string protocol = "smtp", string address = "192.0.2.1") => Sessions.Open(
        new SessionOpening("S1", protocol, new IPEndPoint(IPAddress.Parse(address), 4000), new IPEndPoint(IPAddress.Loopback, 25), IsEncrypted: false));

    /// <summary>Sends one message as a client does.</summary>
    public async Task<MessageReplies> SendAsync(string message, string from = "x@elsewhere.test", string[]? to = null, int block = 65536)
    {
        await using IMailSession session = Open();
        await session.ConnectAsync(default);
        await session.GreetAsync("client.elsewhere.test", extended: true, default);
        Assert.Null(await session.SenderAsync(Address(from), Plain, default));
        foreach (string recipient in to ?? ["anna@example.test"])
        {
            Assert.Null(await session.RecipientAsync(Address(recipient), default));
        }

        return await DataAsync(session, message, block);
    }

    public static MailParameters Plain { get; } = new(null, BodyType.SevenBit, IsInternationalized: false);

    public static async Task<MessageReplies> DataAsync(IMailSession session, string message, int block = 65536)
    {
        await using MessageSink sink = session.BeginMessage();
        byte[] octets = Encoding.Latin1.GetBytes(message);
        for (int at = 0; at < octets.Length; at += block)
        {
            await sink.WriteAsync(octets.AsMemory(at, Math.Min(block, octets.Length - at)), default);
        }

        return await session.CompleteAsync(sink, default);
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    private sealed class Catalog(PipelineBench bench) : IRoleCatalog
    {
        public RoleSet Current => bench.Roles;
    }
}
