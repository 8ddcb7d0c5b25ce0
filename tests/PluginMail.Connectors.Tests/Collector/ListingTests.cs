using PluginMail.Abstractions;
using PluginMail.Collector.Accounts;
using PluginMail.Collector.Settings;

namespace PluginMail.Connectors.Tests.Collector;

/// <summary>What a folder is asked for on the second visit and later: what is new, and no more.</summary>
public sealed class ListingTests
{
    private const string Plain = "IMAP4rev1 UIDPLUS";
    private const string WithSequences = "IMAP4rev1 UIDPLUS CONDSTORE";

    [Theory]
    [InlineData(Plain, "UID FETCH 3:* (UID RFC822.SIZE FLAGS INTERNALDATE)")]
    [InlineData(WithSequences, "UID FETCH 1:* (UID RFC822.SIZE FLAGS INTERNALDATE) (CHANGEDSINCE 2)")]
    public async Task What_was_listed_once_is_not_listed_again(string capabilities, string listing)
    {
        await using var server = new FakeImap { Capabilities = capabilities };
        using var bench = new CollectorBench();
        var collector = bench.Collector(CollectorBench.Account(RemoteProtocol.Imap, server.Port));
        server.Add(1, "m1");
        server.Add(2, "m2");
        await VisitAsync(collector);
        Assert.Equal(2, Fetches(server).Length);
        await VisitAsync(collector);
        Assert.Empty(Fetches(server));
        server.Add(3, "m3");
        await VisitAsync(collector);
        Assert.Equal([listing, "UID FETCH 3 (UID BODY.PEEK[])"], Fetches(server));
        await VisitAsync(collector);
        Assert.Empty(Fetches(server));
        Assert.Equal(["m1", "m2", "m3"], bench.Mail.Subjects.Order());
        Assert.Equal(3, bench.Mail.Tries);
        bench.Clock.Forward = TimeSpan.FromHours(25);
        await VisitAsync(collector);
        Assert.Equal(["UID FETCH 1:* (UID RFC822.SIZE FLAGS INTERNALDATE)"], Fetches(server));
    }

    [Theory]
    [InlineData(Plain)]
    [InlineData(WithSequences)]
    public async Task What_could_not_be_taken_is_asked_for_when_its_time_comes(string capabilities)
    {
        await using var server = new FakeImap { Capabilities = capabilities };
        using var bench = new CollectorBench();
        var collector = bench.Collector(CollectorBench.Account(RemoteProtocol.Imap, server.Port) with { Mode = CollectMode.Move });
        server.Add(1, "m1");
        bench.Mail.Answer = _ => SubmissionResult.Failed;
        await collector.VisitAsync(retriesAll: false, CancellationToken.None);
        bench.Mail.Answer = null;
        await VisitAsync(collector);
        Assert.Equal(1, bench.Mail.Tries);
        bench.Clock.Forward = TimeSpan.FromHours(1);
        await VisitAsync(collector);
        Assert.Equal(["m1"], bench.Mail.Subjects);
        Assert.Empty(server.Messages);
        Assert.DoesNotContain(Fetches(server)[1..], command => command.Contains("1:*", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Plain)]
    [InlineData(WithSequences)]
    public async Task Copies_whose_time_is_over_go_without_a_listing(string capabilities)
    {
        await using var server = new FakeImap { Capabilities = capabilities };
        using var bench = new CollectorBench();
        var collector = bench.Collector(CollectorBench.Account(RemoteProtocol.Imap, server.Port) with { DeleteAfter = TimeSpan.FromHours(2) });
        server.Add(1, "m1");
        await VisitAsync(collector);
        bench.Clock.Forward = TimeSpan.FromHours(1);
        server.Add(2, "m2");
        await VisitAsync(collector);
        bench.Clock.Forward = TimeSpan.FromHours(2.5);
        await VisitAsync(collector);
        Assert.Equal([2u], server.Messages.Keys);
        Assert.DoesNotContain(Fetches(server)[2..], command => command.EndsWith("1:* (UID RFC822.SIZE FLAGS INTERNALDATE)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Plain)]
    [InlineData(WithSequences)]
    public async Task Of_new_ones_alone_one_that_becomes_unseen_again_is_met(string capabilities)
    {
        await using var server = new FakeImap { Capabilities = capabilities };
        using var bench = new CollectorBench();
        var collector = bench.Collector(CollectorBench.Account(RemoteProtocol.Imap, server.Port) with { Messages = MessageChoice.New });
        server.Add(1, "m1");
        server.Flags[1] = "\\Seen";
        await VisitAsync(collector);
        await VisitAsync(collector);
        Assert.Empty(bench.Mail.Letters);
        server.Change(1, "");
        await VisitAsync(collector);
        Assert.Equal(["m1"], bench.Mail.Subjects);
    }

    [Fact]
    public async Task A_session_that_leaves_some_for_the_next_forgets_none()
    {
        await using var server = new FakeImap { Capabilities = WithSequences };
        using var bench = new CollectorBench();
        var collector = bench.Collector(CollectorBench.Account(RemoteProtocol.Imap, server.Port) with { MessagesPerSession = 2 });
        for (uint uid = 1; uid <= 5; uid++)
        {
            server.Add(uid, $"m{uid}");
        }

        Assert.True((await VisitAsync(collector)).HasMore);
        Assert.True((await VisitAsync(collector)).HasMore);
        Assert.False((await VisitAsync(collector)).HasMore);
        Assert.Equal(5, bench.Mail.Letters.Count);
        server.UidValidity++;
        await VisitAsync(collector);
        Assert.Equal(5, bench.Mail.Tries);
    }

    [Fact]
    public async Task News_of_flags_lists_no_message()
    {
        await using var server = new FakeImap { Capabilities = WithSequences };
        using var bench = new CollectorBench();
        var collector = bench.Collector(CollectorBench.Account(RemoteProtocol.Imap, server.Port) with { Messages = MessageChoice.New });
        server.Add(1, "m1");
        server.Flags[1] = "\\Seen";
        await VisitAsync(collector);
        server.Add(2, "m2");
        server.News = "* 1 FETCH (UID 1 FLAGS ())\r\n";
        await VisitAsync(collector);
        Assert.Equal(["m2"], bench.Mail.Subjects);
    }

    private static async Task<VisitCount> VisitAsync(AccountCollector collector)
    {
        var count = await collector.VisitAsync(retriesAll: false, CancellationToken.None);
        Assert.Null(count.Problem);
        return count;
    }

    // Those since this was asked last.
    private static string[] Fetches(FakeServer server)
    {
        string[] fetches = [.. server.Commands.Where(command => command.Contains("FETCH", StringComparison.Ordinal)).Select(command => command[(command.IndexOf(' ', StringComparison.Ordinal) + 1)..])];
        server.Commands.Clear();
        return fetches;
    }
}
