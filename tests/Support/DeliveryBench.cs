using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Delivery;
using PluginMail.Filters;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Testing;

/// <summary>Delivery on a real store.</summary>
internal sealed class DeliveryBench : IAsyncDisposable
{
    private DeliveryBench(TemporaryStore mail, IMailStore commits, FakeTime clock)
    {
        Mail = mail;
        Clock = clock;
        Router = new RecipientRouter(
            mail.Store.Directory,
            Roles,
            new NewAccounts(mail.Store, () => NewAccounts, NullLogger.Instance),
            new SenderRewriting(new byte[32], clock),
            () => Options);
        ServerScripts = new ServerFilters(() => ServerFilters, () => Words, clock, NullLogger<ServerFilters>.Instance);
        Cache = new FilterCache(mail.Store.Scripts, ServerScripts, () => Words, NullLogger<FilterCache>.Instance);
        Letters = new Correspondence(Router, mail.Store.State, () => Options, clock, NullLogger<Correspondence>.Instance);
        Counters = new FilterCounters(mail.Store.State.FilterCounts, clock, NullLogger<FilterCounters>.Instance);
        Contexts = new FilterContexts(mail.Store, Letters, () => Options, clock);
        var runner = new FilterRunner(
            Cache, Router, mail.Store.Directory, () => Options, Letters, Contexts, Counters, clock, NullLogger<FilterRunner>.Instance);
        Delivery = new DeliveryService(Router, runner, Letters, commits, () => Options, clock, NullLogger<DeliveryService>.Instance);
    }

    public TemporaryStore Mail { get; }

    public FakeTime Clock { get; }

    public FixedRoles Roles { get; } = new();

    public DeliveryOptions Options { get; set; } = new("mx.example.test", CanSendElsewhere: false, RefusesOverQuota: false);

    /// <summary>What new accounts have.</summary>
    public NewAccountOptions NewAccounts { get; set; } = new();

    /// <summary>The server's own filters.</summary>
    public ServerFilterFiles ServerFilters { get; set; } = ServerFilterFiles.None;

    /// <summary>The words of filters.</summary>
    public FilterCompilerOptions Words { get; set; } = FilterCompilerOptions.Default;

    /// <summary>What filters have done.</summary>
    public FilterCounters Counters { get; }

    public RecipientRouter Router { get; }

    public ServerFilters ServerScripts { get; }

    public FilterCache Cache { get; }

    public Correspondence Letters { get; }

    public FilterContexts Contexts { get; }

    public DeliveryService Delivery { get; }

    /// <summary>Opens one; delivery may be given another store in front of the real one.</summary>
    public static async Task<DeliveryBench> OpenAsync(Func<IMailStore, IMailStore>? front = null)
    {
        var clock = new FakeTime();
        TemporaryStore mail = await TemporaryStore.OpenAsync(clock);
        return new DeliveryBench(mail, front?.Invoke(mail.Store) ?? mail.Store, clock);
    }

    public DeliveryRequest Request(
        string message, string[] to, string? from = "sender@elsewhere.test", string? login = null, bool isJunk = false, string? hold = null, string? key = null,
        string protocol = "smtp")
    {
        EmailAddress[] recipients = [.. to.Select(TemporaryStore.Address)];
        DateTimeOffset now = Clock.GetUtcNow();
        var session = new FakeSession(protocol) { Authenticated = login is null ? null : TemporaryStore.Address(login) };
        return new DeliveryRequest(
            TransactionId.Next(now),
            session,
            MailMessage.Scan(new MemoryContent(Encoding.UTF8.GetBytes(message))),
            new Envelope(from is null ? null : TemporaryStore.Address(from), [.. recipients]),
            session.Direction,
            isJunk,
            hold,
            key,
            new DecisionTrace("T", now));
    }

    public Task<DeliveryOutcome> DeliverAsync(string message, params string[] to) => DeliverAsync(Request(message, to));

    public Task<DeliveryOutcome> DeliverAsync(DeliveryRequest request) => Delivery.DeliverAsync(request, CancellationToken.None).AsTask();

    public ValueTask DisposeAsync() => Mail.DisposeAsync();

    internal sealed class FixedRoles : IRoleCatalog
    {
        public RoleSet Current { get; set; } = RoleSet.Empty;
    }

    private sealed class FakeSession(string protocol) : ISessionView
    {
        public string Id => "s";

        public string Protocol => protocol;

        public IPEndPoint? RemoteEndPoint => null;

        public IPEndPoint? LocalEndPoint => null;

        public string? HelloName => null;

        public bool IsEncrypted => false;

        public EmailAddress? Authenticated { get; init; }

        public Direction Direction => Authenticated is null ? Direction.Incoming : Direction.Outgoing;
    }
}
