using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing;

namespace PluginMail.Connectors.Tests.Greylist;

/// <summary>Tests of the Greylist plugin, loaded as the server loads it, over a real store and with a clock that stands.</summary>
public abstract class GreylistBench : IAsyncLifetime
{
    private protected const string Client = "192.0.2.7";
    private protected const string Sender = "a@sender.example";
    private protected const string To = "b@example.test";

    private readonly FakeTime _clock = new();
    private TemporaryStore _store = null!;

    private protected FakePolicies Policies { get; } = new();

    private protected FakeNames Names { get; } = new();

    public async Task InitializeAsync() => _store = await TemporaryStore.OpenAsync(_clock);

    public async Task DisposeAsync() => await _store.DisposeAsync();

    private protected Task<ListBench> StartAsync(string table = "") => ListBench.StartAsync(
        "greylist", table, clock: _clock, state: _store.Store.State.For("greylist"), policy: Policies, dns: Names);

    private protected void Pass(TimeSpan time) => _clock.Advance(time);

    /// <summary>A first contact, and a retry that passes.</summary>
    private protected async Task PassOnceAsync(ListBench bench, string sender = Sender, string client = Client)
    {
        Assert.NotNull(await ReplyAsync(bench, sender, client: client));
        Pass(TimeSpan.FromMinutes(6));
        Assert.Null(await ReplyAsync(bench, sender, client: client));
    }

    /// <summary>What a client is told; null where it passes.</summary>
    private protected static async Task<string?> ReplyAsync(ListBench bench, string sender = Sender, string to = To, string client = Client)
    {
        var verdict = await bench.AskAsync(SessionStages.Recipient, ListBench.Stranger(client), sender, to);
        return (verdict.Decision as Decision.Defer)?.Reply.ToString();
    }
}
