using PluginMail.Collector.Settings;

namespace PluginMail.Connectors.Tests.Collector;

/// <summary>A server that calls its messages otherwise, and shows some of them only later.</summary>
public sealed class RecognitionTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task What_comes_back_by_and_by_is_not_fetched_again(bool isImap, bool staysUp)
    {
        await using FakeServer server = isImap ? new FakeImap() : new FakePop3();
        using var bench = new CollectorBench();
        var account = CollectorBench.Account(isImap ? RemoteProtocol.Imap : RemoteProtocol.Pop3, server.Port);
        var collector = bench.Collector(account);
        await VisitAsync();
        Fill(server, 0, 5);
        await VisitAsync();
        Rename(server);
        for (int there = 1; there <= 5; there++)
        {
            server.Messages.Clear();
            Fill(server, 100, there);
            await VisitAsync();
            bench.Clock.Forward += TimeSpan.FromDays(5);
        }

        Assert.Equal(5, bench.Mail.Tries);
        server.Add(106, "new");
        await VisitAsync();
        Assert.Equal(6, bench.Mail.Tries);
        Assert.DoesNotContain(bench.Context(account).Ledger.Load(account.Identity, isImap ? "INBOX" : ""), row => row.Validity.StartsWith("kept", StringComparison.Ordinal));

        async Task VisitAsync() =>
            Assert.Null((await (staysUp ? collector : bench.Collector(account)).VisitAsync(retriesAll: false, CancellationToken.None)).Problem);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_does_not_come_back_is_forgotten_after_a_month(bool isImap)
    {
        await using FakeServer server = isImap ? new FakeImap() : new FakePop3();
        using var bench = new CollectorBench();
        var account = CollectorBench.Account(isImap ? RemoteProtocol.Imap : RemoteProtocol.Pop3, server.Port);
        Fill(server, 0, 3);
        await bench.CollectAsync(account);
        Rename(server);
        server.Messages.Clear();
        Fill(server, 100, 1);
        await bench.CollectAsync(account);
        Assert.Equal(2, Kept());
        bench.Clock.Forward = TimeSpan.FromDays(31);
        await bench.CollectAsync(account);
        Assert.Equal(0, Kept());
        Fill(server, 100, 3);
        await bench.CollectAsync(account);
        Assert.Equal(5, bench.Mail.Tries);

        int Kept() => bench.Context(account).Ledger.Load(account.Identity, isImap ? "INBOX" : "").Count(row => row.Validity.StartsWith("kept", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_missing_for_a_while_is_not_fetched_again(bool isImap)
    {
        await using FakeServer server = isImap ? new FakeImap() : new FakePop3();
        using var bench = new CollectorBench();
        var account = CollectorBench.Account(isImap ? RemoteProtocol.Imap : RemoteProtocol.Pop3, server.Port);
        Fill(server, 0, 5);
        await bench.CollectAsync(account);
        for (int there = 1; there <= 5; there++)
        {
            server.Messages.Clear();
            Fill(server, 0, there);
            await bench.CollectAsync(account);
            bench.Clock.Forward += TimeSpan.FromDays(5);
        }

        server.Messages.Remove(2);
        server.Messages.Remove(3);
        await bench.CollectAsync(account);
        Fill(server, 9, 3); // what was there under other names, and is no copy of what is left
        server.Messages.Remove(10);
        await bench.CollectAsync(account);
        Assert.Equal(5, bench.Mail.Tries);
        Assert.Equal(0, Kept(bench, account));
    }

    [Fact]
    public async Task What_only_has_the_name_or_the_header_of_one_that_is_gone_is_fetched()
    {
        await using var server = new FakeImap();
        using var bench = new CollectorBench();
        var account = CollectorBench.Account(RemoteProtocol.Imap, server.Port);
        Fill(server, 0, 3);
        await bench.CollectAsync(account);
        string draft = server.Messages[2];
        server.Messages.Remove(2);
        server.Messages.Remove(3);
        await bench.CollectAsync(account);
        Assert.Equal(2, Kept(bench, account));
        server.Messages[4] = draft + "a later version of it\r\n";
        server.Add(3, "other");
        await bench.CollectAsync(account);
        Assert.Equal(5, bench.Mail.Tries);
        bench.Clock.Forward = TimeSpan.FromDays(31);
        await bench.CollectAsync(account);
        Assert.Equal(0, Kept(bench, account));
    }

    private static int Kept(CollectorBench bench, AccountSettings account) => bench.Context(account).Ledger
        .Load(account.Identity, account.Protocol == RemoteProtocol.Imap ? "INBOX" : "").Count(row => row.Validity.Contains("until", StringComparison.Ordinal));

    private static void Rename(FakeServer server)
    {
        if (server is FakeImap imap)
        {
            imap.UidValidity++;
        }
        else
        {
            ((FakePop3)server).IdStart = "other-";
        }
    }

    // The same messages, whatever they are called.
    private static void Fill(FakeServer server, uint above, int count)
    {
        for (uint i = 1; i <= count; i++)
        {
            server.Messages[above + i] =
                $"Message-ID: <{i}@example.test>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\nFrom: a@example.test\r\nSubject: m{i}\r\n\r\ntext\r\n";
        }
    }
}
