using Microsoft.Data.Sqlite;
using PluginMail.Abstractions;
using PluginMail.Collector.Ledgers;
using PluginMail.Collector.Messages;
using PluginMail.Collector.Settings;

namespace PluginMail.Connectors.Tests.Collector;

/// <summary>Other servers, and those who write to them, try to have mail deleted that is not here, or to fill memory and disk.</summary>
public sealed class TrustTests
{
    private const string FakeAnswers = "\n.\n+OK 5 octets\r\nSubject: false\r\n\r\nfalse";

    [Theory]
    [InlineData("UIDL\r\nTOP\r\nPIPELINING\r\nUSER")]
    [InlineData("UIDL\r\nUSER")]
    public async Task A_line_feed_and_a_dot_end_no_message(string capabilities)
    {
        await using var server = new FakePop3 { Capabilities = capabilities };
        using var bench = new CollectorBench();
        server.Add(1, "m1");
        server.Messages[1] += FakeAnswers + "\r\n";
        server.Add(2, "m2");
        await bench.CollectAsync(CollectorBench.Account(RemoteProtocol.Pop3, server.Port) with { Mode = CollectMode.Move });
        Assert.Equal(["m1", "m2"], bench.Mail.Subjects.Order());
        Assert.Contains(bench.Mail.Letters, letter => letter.Text.EndsWith("text m1\r\n\r\n.\r\n+OK 5 octets\r\nSubject: false\r\n\r\nfalse\r\n", StringComparison.Ordinal));
        Assert.Empty(server.Messages);
    }

    [Theory]
    [InlineData("UIDL\r\nTOP\r\nPIPELINING\r\nUSER")]
    [InlineData("UIDL\r\nUSER")]
    public async Task A_message_that_answers_for_the_server_costs_no_other(string capabilities)
    {
        await using var server = new FakePop3 { Capabilities = capabilities, MakesLineEnds = true };
        using var bench = new CollectorBench();
        var account = CollectorBench.Account(RemoteProtocol.Pop3, server.Port) with { Mode = CollectMode.Move };
        server.Add(1, "m1");
        server.Add(2, "m2");
        server.Messages[2] += FakeAnswers + "\r\n";
        server.Add(3, "m3");
        Assert.Contains("message 2 is not taken", (await bench.VisitAsync(account)).Error, StringComparison.Ordinal);
        await bench.VisitAsync(account);
        Assert.Equal(["m1", "m3"], bench.Mail.Subjects.Order());
        Assert.Equal([2u], server.Messages.Keys);
    }

    [Fact]
    public async Task A_message_without_end_is_left_there_and_costs_no_other()
    {
        await using var server = new FakePop3 { IsEndless = true };
        using var bench = new CollectorBench();
        var account = CollectorBench.Account(RemoteProtocol.Pop3, server.Port) with { Mode = CollectMode.Move, MaximumSize = 10_000 };
        server.Add(1, "m1");
        Assert.Contains("no end", (await bench.VisitAsync(account)).Error, StringComparison.Ordinal);
        server.IsEndless = false;
        server.Add(2, "m2");
        await bench.CollectAsync(account);
        Assert.Equal(["m2"], bench.Mail.Subjects);
        Assert.Equal([1u], server.Messages.Keys);
        bench.Clock.Forward = TimeSpan.FromDays(1.5);
        await bench.CollectAsync(account);
        Assert.Equal(["m2", "m1"], bench.Mail.Subjects);
    }

    [Fact]
    public async Task A_ledger_that_fails_ends_no_visits()
    {
        await using var server = new FakePop3();
        using var bench = new CollectorBench();
        using var stop = new CancellationTokenSource();
        var collector = bench.Collector(CollectorBench.Account(RemoteProtocol.Pop3, server.Port));
        bench.BreakLedger();
        var running = Task.Run(() => collector.RunAsync(stop.Token));
        for (int i = 0; i < 3; i++)
        {
            Assert.Contains("cannot be read or written", await collector.VisitNowAsync(CancellationToken.None), StringComparison.Ordinal);
        }

        Assert.False(running.IsCompleted);
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    public async Task What_came_without_most_of_it_stays_there(int sent)
    {
        await using var server = new FakeImap { MostSent = sent };
        using var bench = new CollectorBench();
        server.Add(1, "m1");
        var (count, error) = await bench.VisitAsync(CollectorBench.Account(RemoteProtocol.Imap, server.Port) with { Mode = CollectMode.Move });
        Assert.Equal(0, count.Collected);
        Assert.StartsWith($"{sent} octets came", error, StringComparison.Ordinal);
        Assert.Single(server.Messages);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_of_which_the_server_says_far_too_small_a_size_keeps_no_other_back(bool tellsUidLast)
    {
        await using var server = new FakeImap { TellsUidLast = tellsUidLast };
        using var bench = new CollectorBench();
        var account = CollectorBench.Account(RemoteProtocol.Imap, server.Port) with { MaximumSize = 1000 };
        server.Add(1, "m1");
        server.Add(2, "m2");
        server.Add(3, "m3");
        server.Messages[2] += new string('x', 200_000);
        server.Sizes[2] = 500;
        for (int visits = 0; visits < 3; visits++)
        {
            await bench.VisitAsync(account);
            bench.Clock.Forward += TimeSpan.FromHours(1);
        }

        Assert.Equal(["m1", "m3"], bench.Mail.Subjects.Order());
        server.Commands.Clear();
        await bench.CollectAsync(account);
        Assert.DoesNotContain(server.Commands, command => command.Contains("BODY", StringComparison.Ordinal));
    }

    [Fact]
    public void A_field_of_many_colons_is_read_in_no_time()
    {
        string value = "a@b" + string.Concat(Enumerable.Repeat(":", 250_000));
        Assert.Empty(AddressList.Parse(value));
        Assert.Equal("b@example.org", Assert.Single(AddressList.Parse($"{new string('x', 2000)}@example.org, b@example.org")).ToString());
    }

    [SkippableFact]
    public void A_spool_has_no_file_that_outlives_it()
    {
        Skip.If(OperatingSystem.IsWindows());
        string folder = Path.Combine(Path.GetTempPath(), $"spool-{Guid.NewGuid():N}");
        using var spool = new MessageSpool(folder, 1 << 20, 1 << 20);
        byte[] octets = new byte[1 << 20];
        octets.AsSpan().Fill((byte)'x');
        spool.Write(octets);
        Assert.Empty(Directory.GetFiles(folder));
        byte[] read = new byte[octets.Length];
        Assert.Equal(octets.Length, spool.Read(0, read));
        Assert.Equal(octets, read);
        File.WriteAllText(Path.Combine(folder, "left"), "behind");
        MessageSpool.Empty(folder);
        Assert.Empty(Directory.GetFiles(folder));
        Directory.Delete(folder);
    }

    [Fact]
    public async Task Another_port_fetches_nothing_again()
    {
        await using var first = new FakePop3();
        await using var second = new FakePop3();
        using var bench = new CollectorBench();
        first.Add(1, "m1");
        second.Add(1, "m1");
        await bench.CollectAsync(CollectorBench.Account(RemoteProtocol.Pop3, first.Port));
        await bench.CollectAsync(CollectorBench.Account(RemoteProtocol.Pop3, second.Port));
        Assert.Equal(1, bench.Mail.Tries);
    }

    [Fact]
    public async Task What_is_marked_as_deleted_there_is_not_fetched()
    {
        await using var server = new FakeImap();
        using var bench = new CollectorBench();
        server.Add(1, "m1");
        server.Add(2, "m2");
        server.Flags[1] = "\\Seen \\Deleted";
        await bench.CollectAsync(CollectorBench.Account(RemoteProtocol.Imap, server.Port));
        Assert.Equal(["m2"], bench.Mail.Subjects);
    }

    [Fact]
    public async Task A_list_of_long_lines_is_refused()
    {
        await using var server = new FakePop3 { IdStart = new string('x', 601) };
        using var bench = new CollectorBench();
        server.Add(1, "m1");
        var (_, error) = await bench.VisitAsync(CollectorBench.Account(RemoteProtocol.Pop3, server.Port));
        Assert.Equal("the server sent a line without end", error);
    }

    [Fact]
    public async Task Flags_are_bounded()
    {
        await using var server = new FakeImap();
        using var bench = new CollectorBench();
        server.Add(1, "m1");
        server.Flags[1] = $"{new string('y', 101)} {string.Join(' ', Enumerable.Range(0, 200).Select(i => $"k{i}"))}";
        await bench.CollectAsync(CollectorBench.Account(RemoteProtocol.Imap, server.Port));
        Assert.Equal([.. Enumerable.Range(0, 64).Select(i => $"k{i}")], Assert.Single(bench.Mail.Letters).Flags);
    }

    [Fact]
    public async Task A_header_that_is_longer_than_what_is_looked_at_names_its_message()
    {
        await using var server = new FakePop3 { Capabilities = "TOP\r\nUSER" };
        using var bench = new CollectorBench();
        server.Add(1, "m1", $"X-Long: {new string('x', 600_000)}\r\n");
        server.Add(2, "m2", "X-Odd: a\n.\n+OK\r\n");
        await bench.CollectAsync(CollectorBench.Account(RemoteProtocol.Pop3, server.Port));
        await bench.CollectAsync(CollectorBench.Account(RemoteProtocol.Pop3, server.Port));
        Assert.Equal(2, bench.Mail.Tries);
    }

    [Fact]
    public void What_was_remembered_with_a_port_is_remembered_without()
    {
        string file = Path.Combine(Path.GetTempPath(), $"ledger-{Guid.NewGuid():N}.sqlite");
        using (var old = Ledger.Open(file))
        {
            old.SaveAccount("pop3://anna@192.0.2.1:110", new AccountRow(null, null, 7, null));
            old.SaveAccount("imap://anna@example.org", new AccountRow(null, null, 8, null));
        }

        using (var connection = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 0";
            command.ExecuteNonQuery();
        }

        using (var ledger = Ledger.Open(file))
        {
            Assert.Equal(7, ledger.LoadAccount("pop3://anna@192.0.2.1").Collected);
            Assert.Equal(8, ledger.LoadAccount("imap://anna@example.org").Collected);
        }

        File.Delete(file);
    }
}
