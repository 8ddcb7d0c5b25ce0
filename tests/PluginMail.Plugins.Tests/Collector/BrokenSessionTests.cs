using PluginMail.Collector.Accounts;
using PluginMail.Collector.Connections;
using PluginMail.Collector.Settings;

namespace PluginMail.Plugins.Tests.Collector;

/// <summary>A message at which the server breaks off, or says no more, keeps no other back.</summary>
public sealed class BrokenSessionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task By_pop3(bool standsStill) =>
        VisitAsync<FakePop3>(RemoteProtocol.Pop3, server => server.StandsStill = standsStill);

    [Fact]
    public Task By_pop3_without_pipelining() =>
        VisitAsync<FakePop3>(RemoteProtocol.Pop3, server => server.Capabilities = "UIDL\r\nUSER");

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)] // nothing says which message it is
    public Task By_imap(bool standsStill, bool tellsUidLast) =>
        VisitAsync<FakeImap>(RemoteProtocol.Imap, server => (server.StandsStill, server.TellsUidLast) = (standsStill, tellsUidLast));

    [Fact]
    public async Task One_that_broke_off_once_is_taken_with_the_next_visit()
    {
        await using var server = new FakeImap { BreaksAt = 1 };
        using var bench = new CollectorBench();
        var account = CollectorBench.Account(RemoteProtocol.Imap, server.Port);
        server.Add(1, "m1");
        Assert.NotNull((await bench.VisitAsync(account)).Error);
        server.BreaksAt = 0;
        await bench.CollectAsync(account);
        Assert.Equal(["m1"], bench.Mail.Subjects);
    }

    private static async Task VisitAsync<TServer>(RemoteProtocol protocol, Action<TServer> configure)
        where TServer : FakeServer, new()
    {
        await using var server = new TServer { BreaksAt = 2 };
        configure(server);
        using var bench = new CollectorBench();
        var account = CollectorBench.Account(protocol, server.Port) with
        {
            Mode = CollectMode.Move,
            Patience = server.StandsStill ? TimeSpan.FromSeconds(0.5) : TimeSpan.FromMinutes(2),
        };
        for (uint id = 1; id <= 5; id++)
        {
            server.Add(id, $"m{id}");
        }

        for (int visits = 0; visits < 4; visits++)
        {
            await bench.VisitAsync(account);
            bench.Clock.Forward += account.Interval; // as long as the collector waits, at the least
        }

        Assert.Equal(["m1", "m3", "m4", "m5"], bench.Mail.Subjects.Order());
        server.BreaksAt = 0;
        bench.Clock.Forward += TimeSpan.FromDays(1);
        await bench.CollectAsync(account);
        Assert.Equal(["m1", "m2", "m3", "m4", "m5"], bench.Mail.Subjects.Order());
        Assert.Empty(server.Messages);
    }
}
