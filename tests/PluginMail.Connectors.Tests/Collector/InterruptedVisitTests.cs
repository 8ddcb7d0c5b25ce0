using PluginMail.Collector.Settings;

namespace PluginMail.Connectors.Tests.Collector;

/// <summary>A visit that we end ourselves says nothing against the messages that were under way.</summary>
public sealed class InterruptedVisitTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_reload_puts_nothing_down_to_a_message(bool isImap, bool tellsUidLast)
    {
        await using var server = Server(isImap, tellsUidLast);
        using var bench = new CollectorBench();
        using var stop = new CancellationTokenSource();
        var account = CollectorBench.Account(isImap ? RemoteProtocol.Imap : RemoteProtocol.Pop3, server.Port);
        var visit = bench.VisitAsync(account, stop.Token);
        await server.Stood.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => visit);
        await TakesAllAtOnceAsync(server, bench, account, unsettled: 0);
    }

    [Theory]
    [InlineData(false, false, 1)]
    [InlineData(true, false, 1)]
    [InlineData(true, true, 0)]
    public async Task The_end_of_session_time_is_put_down_to_the_message_just_arriving(bool isImap, bool tellsUidLast, long unsettled)
    {
        await using var server = Server(isImap, tellsUidLast);
        using var bench = new CollectorBench();
        var account = CollectorBench.Account(isImap ? RemoteProtocol.Imap : RemoteProtocol.Pop3, server.Port) with { SessionTime = TimeSpan.FromSeconds(2) };
        var (_, error) = await bench.VisitAsync(account);
        Assert.Equal("the session took longer than session_time", error);
        await TakesAllAtOnceAsync(server, bench, account with { SessionTime = TimeSpan.FromHours(1) }, server.Stood.Task.IsCompleted ? unsettled : 0);
    }

    private static FakeServer Server(bool isImap, bool tellsUidLast)
    {
        FakeServer server = isImap ? new FakeImap { TellsUidLast = tellsUidLast } : new FakePop3();
        (server.BreaksAt, server.StandsStill) = (2, true);
        for (uint id = 1; id <= 40; id++)
        {
            server.Add(id, $"m{id}");
        }

        return server;
    }

    private static async Task TakesAllAtOnceAsync(FakeServer server, CollectorBench bench, AccountSettings account, long unsettled)
    {
        Assert.Equal(unsettled, bench.CountUnsettled(account));
        Assert.Equal(unsettled, bench.Log.Lines.Count(line => line.Contains("is not taken", StringComparison.Ordinal)));
        server.BreaksAt = 0;
        server.Commands.Clear();
        await bench.CollectAsync(account);
        Assert.Equal(40, bench.Mail.Letters.Count);
        Assert.InRange(server.Commands.Count(command => command.Contains("BODY.PEEK[]", StringComparison.Ordinal)), 0, 1 + (int)unsettled);
    }
}
