using PluginMail.Abstractions;
using PluginMail.Collector.Settings;

namespace PluginMail.Connectors.Tests.Collector;

/// <summary>A POP3 server without UIDL, with messages that only their text tells apart: none is deleted that was not taken itself.</summary>
public sealed class CopiesTests
{
    private const string WithoutUidl = "TOP\r\nUSER";

    [Fact]
    public async Task Two_with_one_header_are_two()
    {
        await using var server = new FakePop3 { Capabilities = WithoutUidl };
        using var bench = new CollectorBench();
        AddTwins(server, "m");
        await bench.CollectAsync(Account(server));
        Assert.Equal(["first", "second"], Ends(bench));
        Assert.Empty(server.Messages);
    }

    [Fact]
    public async Task Of_two_with_one_header_none_goes_before_both_are_here()
    {
        await using var server = new FakePop3 { Capabilities = WithoutUidl };
        using var bench = new CollectorBench();
        AddTwins(server, "m");
        int tries = 0;
        bench.Mail.Answer = _ => Interlocked.Increment(ref tries) == 1 ? SubmissionResult.Accepted : SubmissionResult.Failed;
        await bench.VisitAsync(Account(server));
        Assert.Single(bench.Mail.Letters);
        Assert.Equal(2, server.Messages.Count);
        bench.Mail.Answer = null;
        bench.Clock.Forward = TimeSpan.FromHours(1);
        await bench.CollectAsync(Account(server));
        Assert.Equal(["first", "second"], Ends(bench));
        Assert.Empty(server.Messages);
    }

    [Fact]
    public async Task Cut_at_each_octet_both_come_once()
    {
        await using var server = new FakePop3 { Capabilities = WithoutUidl };
        using var bench = new CollectorBench();
        var account = Account(server);
        int round = 1000;
        AddTwins(server, $"m{round++}");
        await bench.CollectAsync(account);
        for (int cut = 0; cut < 1000; cut++)
        {
            bench.Mail.Letters.Clear();
            AddTwins(server, $"m{round++}");
            server.CutAfter = cut;
            await bench.VisitAsync(account);
            server.CutAfter = long.MaxValue;
            await bench.CollectAsync(account);
            Assert.True(Ends(bench) is ["first", "second"], $"after a cut at {cut}: {string.Join(", ", Ends(bench))}");
            Assert.Empty(server.Messages);
        }
    }

    private static AccountSettings Account(FakePop3 server) => CollectorBench.Account(RemoteProtocol.Pop3, server.Port) with { Mode = CollectMode.Move };

    private static void AddTwins(FakePop3 server, string subject)
    {
        server.Add(1, subject);
        server.Messages[2] = server.Messages[1] + "second\r\n";
        server.Messages[1] += " first\r\n"; // of one length, or it would be seen
        Assert.Equal(server.Messages[1].Split("\r\n\r\n")[0], server.Messages[2].Split("\r\n\r\n")[0]);
    }

    private static string[] Ends(CollectorBench bench) =>
        [.. bench.Mail.Letters.Select(letter => letter.Text.TrimEnd().Split('\n')[^1].Trim()).Order()];
}
