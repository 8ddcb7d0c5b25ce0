using PluginMail.Collector.Settings;

namespace PluginMail.Connectors.Tests.Collector;

/// <summary>No message twice and none lost, at whichever octet the connection is cut. Long: a class a protocol, which run side by side.</summary>
public sealed class Pop3CutTests : CutTests
{
    [Theory]
    [InlineData("move", false)]
    [InlineData("move", true)]
    [InlineData("copy", false)]
    public Task Pop3_cut_at_each_octet(string mode, bool losesLedger) =>
        CutEverywhereAsync<FakePop3>(RemoteProtocol.Pop3, Enum.Parse<CollectMode>(mode, ignoreCase: true), losesLedger);
}

/// <inheritdoc cref="Pop3CutTests"/>
public sealed class ImapCutTests : CutTests
{
    [Theory]
    [InlineData("move", false)]
    [InlineData("move", true)]
    [InlineData("copy", false)]
    public Task Imap_cut_at_each_octet(string mode, bool losesLedger) =>
        CutEverywhereAsync<FakeImap>(RemoteProtocol.Imap, Enum.Parse<CollectMode>(mode, ignoreCase: true), losesLedger);
}

/// <summary>What both protocols are put through.</summary>
public abstract class CutTests
{
    private protected static async Task CutEverywhereAsync<TServer>(RemoteProtocol protocol, CollectMode mode, bool losesLedger)
        where TServer : FakeServer, new()
    {
        await using var server = new TServer();
        using var bench = new CollectorBench();
        var account = CollectorBench.Account(protocol, server.Port) with { Mode = mode };
        uint next = 1000; // of one length, so that each dialog is as long as the others
        long length = await DialogLengthAsync<TServer>(account);
        for (long cut = 0; cut <= length; cut++)
        {
            bench.Mail.Letters.Clear();
            foreach (uint old in server.Messages.Keys.ToArray())
            {
                server.Messages.Remove(old);
            }

            string[] subjects = [$"m{next}", $"m{next + 1}"];
            server.Add(next++, subjects[0]);
            server.Add(next++, subjects[1]);
            server.CutAfter = cut;
            var (_, error) = await bench.VisitAsync(account);
            Assert.True(error is not null || cut > 200, $"a cut after {cut} octets passed unseen"); // the answer to QUIT may be cut short without harm
            if (losesLedger)
            {
                bench.LoseLedger();
            }

            server.CutAfter = long.MaxValue;
            await bench.CollectAsync(account);
            Assert.True(subjects.SequenceEqual(bench.Mail.Subjects.Order()), $"after a cut at {cut}: {string.Join(", ", bench.Mail.Subjects)}");
            Assert.All(bench.Mail.Letters, letter => Assert.EndsWith($"\r\n\r\n.dots\r\n.\r\n..\r\ntext {letter.Field("Subject")}\r\n", letter.Text, StringComparison.Ordinal));
            // What is marked as deleted, and not known any more, is not touched again.
            Assert.Equal(mode == CollectMode.Move ? 0 : 2, server.Messages.Keys.Count(id => !losesLedger || server is not FakeImap imap || !imap.Deleted.Contains(id)));
        }
    }

    private static async Task<long> DialogLengthAsync<TServer>(AccountSettings account)
        where TServer : FakeServer, new()
    {
        await using var server = new TServer();
        using var bench = new CollectorBench();
        server.Add(1000, "m1000");
        server.Add(1001, "m1001");
        await bench.CollectAsync(account with { Port = server.Port });
        Assert.Equal(2, bench.Mail.Letters.Count);
        for (int i = 0; server.Sent == 0 && i < 24_000; i++)
        {
            await Task.Delay(5);
        }

        return server.Sent;
    }
}
