using PluginMail.Collector.Accounts;
using PluginMail.Collector.Connections;
using PluginMail.Collector.Settings;
using PluginMail.Collector.SignIn;

namespace PluginMail.Connectors.Tests.Collector;

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

    [Fact]
    public async Task What_was_taken_before_is_marked_later()
    {
        await using var server = new FakeImap { BreaksAt = 2 };
        using var bench = new CollectorBench();
        var account = CollectorBench.Account(RemoteProtocol.Imap, server.Port) with { MarksSeen = true };
        var collector = bench.Collector(account);
        server.Add(1, "m1");
        server.Add(2, "m2");
        await collector.VisitAsync(retriesAll: false, CancellationToken.None);
        server.BreaksAt = 0;
        for (int visits = 0; visits < 2; visits++)
        {
            Assert.Null((await collector.VisitAsync(retriesAll: false, CancellationToken.None)).Problem);
        }

        Assert.Equal(["m1", "m2"], bench.Mail.Subjects);
        Assert.EndsWith("UID STORE 1:2 +FLAGS.SILENT (\\Seen)", Assert.Single(server.Commands, command => command.Contains("STORE", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_leaves_without_an_answer_has_done_all(bool isImap)
    {
        await using FakeServer server = isImap ? new FakeImap { ClosesAtEnd = true } : new FakePop3 { ClosesAtEnd = true };
        using var bench = new CollectorBench();
        var account = CollectorBench.Account(isImap ? RemoteProtocol.Imap : RemoteProtocol.Pop3, server.Port);
        server.Add(1, "m1");
        await bench.CollectAsync(account);
        await bench.CollectAsync(account with { Mode = CollectMode.Move });
        Assert.Empty(server.Messages);
    }

    [Theory]
    [InlineData("STORE", "IMAP4rev1 UIDPLUS", false)]
    [InlineData("EXPUNGE", "IMAP4rev1 UIDPLUS", false)]
    [InlineData("EXPUNGE", "IMAP4rev1", false)]
    [InlineData("STORE", "IMAP4rev1 UIDPLUS", true)]
    public async Task A_folder_that_lets_nothing_be_changed_keeps_no_other_back(string refused, string capabilities, bool marksSeen)
    {
        await using var server = new FakeImap { Capabilities = capabilities, Refused = refused };
        using var bench = new CollectorBench();
        var account = CollectorBench.Account(RemoteProtocol.Imap, server.Port) with
        {
            Mode = marksSeen ? CollectMode.Copy : CollectMode.Move,
            MarksSeen = marksSeen,
            Folders = [new FolderRule("INBOX", "INBOX"), new FolderRule("Other", "Other")],
        };
        server.Add(1, "m1");
        var (count, error) = await bench.VisitAsync(account);
        Assert.Contains($"folder \"INBOX\": UID {refused} was refused".Replace("UID EXPUNGE", capabilities.Contains("UIDPLUS", StringComparison.Ordinal) ? "UID EXPUNGE" : "EXPUNGE", StringComparison.Ordinal), error, StringComparison.Ordinal);
        Assert.Contains(server.Commands, command => command.Contains("SELECT \"Other\"", StringComparison.Ordinal));
        Assert.Equal(refused == "STORE" ? 2 : 1, count.Collected); // a folder for both here: what is marked as deleted is none of ours in the other
        server.Refused = "";
        server.Commands.Clear();
        await bench.CollectAsync(account);
        Assert.Equal(marksSeen ? 1 : 0, server.Messages.Count);
        Assert.Contains(server.Commands, command => command.Contains("STORE", StringComparison.Ordinal) || !marksSeen); // it is made up for
    }

    [Fact]
    public async Task A_literal_of_any_length_is_a_fault_of_the_server()
    {
        await using var server = new FakeImap { News = "* OK {9223372036854775807}\r\n" };
        using var bench = new CollectorBench();
        server.Add(1, "m1");
        var (_, error) = await bench.VisitAsync(CollectorBench.Account(RemoteProtocol.Imap, server.Port));
        Assert.Equal("the server sent a response without end", error);
    }

    [Theory]
    [InlineData(false, "[AUTH] no", true)]
    [InlineData(false, "no", true)]
    [InlineData(false, "[IN-USE] wait", false)]
    [InlineData(false, "[LOGIN-DELAY] wait", false)]
    [InlineData(false, "[SYS/TEMP] wait", false)]
    [InlineData(true, "[AUTHENTICATIONFAILED] no", true)]
    [InlineData(true, "[UNAVAILABLE] wait", false)]
    [InlineData(true, "[InUse] wait", false)]
    [InlineData(true, "[LIMIT] wait", false)]
    public async Task A_login_that_is_refused_for_a_while_is_not_a_wrong_one(bool isImap, string error, bool isSignIn)
    {
        await using FakeServer server = isImap ? new FakeImap { LoginError = error } : new FakePop3 { LoginError = error };
        using var bench = new CollectorBench();
        using var http = new HttpClient();
        var account = CollectorBench.Account(isImap ? RemoteProtocol.Imap : RemoteProtocol.Pop3, server.Port);
        var proof = await Proof.GetAsync(account.SignIn, new AccessTokens(account.SignIn, http, bench.Clock), CancellationToken.None);
        var fault = await Assert.ThrowsAsync<RemoteFault>(async () => await RemoteSessions.OpenAsync(bench.Context(account), proof, CancellationToken.None));
        Assert.Equal(isSignIn, fault.IsSignIn);
        Assert.StartsWith("the login was refused", fault.Message, StringComparison.Ordinal);
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
