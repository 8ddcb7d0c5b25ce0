using PluginMail.Abstractions;
using PluginMail.Collector.Imap;
using PluginMail.Collector.Settings;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Collector;

/// <summary>Other servers say as much as they like, and what they like: neither memory nor the log is theirs.</summary>
public sealed class HostileServerTests
{
    [Theory]
    [InlineData(200, true)]
    [InlineData(201, false)]
    public async Task Capabilities_are_bounded(int count, bool isGood)
    {
        await using var server = new FakeImap { Capabilities = string.Join(' ', Enumerable.Range(2, count - 1).Select(i => $"X-{i}").Prepend("IMAP4rev1").Append(new string('x', 5000))) };
        using var bench = new CollectorBench();
        server.Add(1, "m1");
        var (_, error) = await bench.VisitAsync(CollectorBench.Account(RemoteProtocol.Imap, server.Port));
        Assert.Equal(isGood ? null : "the server says that it has more than 200 capabilities", error);
    }

    [Theory]
    [InlineData("CAPABILITY")]
    [InlineData("LOGIN")]
    [InlineData("LIST")]
    public async Task What_a_command_is_answered_is_bounded(string command)
    {
        await using var server = new FakeImap { Endless = command };
        using var bench = new CollectorBench();
        var (_, error) = await bench.VisitAsync(EveryFolder(server));
        Assert.Equal("the server answers a command without end", error);
        await PluginBench.UntilAsync(() => server.Sent > 0, "the server has seen that nobody listens");
        Assert.InRange(server.Sent, 32 << 20, 64 << 20);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Names_of_folders_are_bounded(bool isLiteral)
    {
        await using var server = new FakeImap();
        using var bench = new CollectorBench();
        foreach (int length in (int[])[1001, 1000])
        {
            string name = new((char)('a' + (length % 10)), length);
            server.Folders.Add(isLiteral ? $"{{{length}}}\r\n{name}" : $"\"{name}\"");
        }

        server.Add(1, "m1");
        var (count, error) = await bench.VisitAsync(EveryFolder(server));
        Assert.Equal("1 folders have names of more than 1000 octets", error);
        Assert.Equal(1, count.Collected);
        Assert.Equal(new string('a', 1000), Assert.Single(bench.Mail.Letters).Folder);
    }

    [Fact]
    public void A_name_of_many_ampersands_is_read_in_no_time()
    {
        string name = new('&', 4_000_000);
        Assert.Equal(name, FolderName.Decode(name));
        Assert.Equal("a-&ü-&x", FolderName.Decode("a-&-&APw--&x"));
        Assert.Equal("&b", FolderName.Decode("&-b"));
    }

    [Theory]
    [InlineData("\"&AA0ACg-2026-11-22T10:00:00.000+00:00 WRN authentication: login failed&ICggKQCFABs-\"")]
    [InlineData("{9}\r\na\r\nb\u001b\u0085\u0007cd")]
    public async Task A_folders_name_ends_no_line_of_the_log(string name)
    {
        await using var server = new FakeImap();
        using var bench = new CollectorBench();
        var account = EveryFolder(server) with { Mode = CollectMode.Copy };
        server.Folders.Add(name);
        server.Add(1, "m1");
        bench.Mail.Answer = _ => SubmissionResult.Failed;
        await bench.VisitAsync(account);
        bench.Mail.Answer = null;
        bench.Clock.Forward = TimeSpan.FromDays(1.1);
        await bench.VisitAsync(account);
        server.UidValidity++;
        server.Messages[2] = Assert.Single(bench.Mail.Letters).Text;
        await bench.VisitAsync(account);
        Assert.Contains(bench.Log.Lines, line => line.Contains("is not taken", StringComparison.Ordinal));
        Assert.Contains(bench.Log.Lines, line => line.Contains("came back; it is left there", StringComparison.Ordinal));
        Assert.Contains(bench.Log.Lines, line => line.Contains("known by their headers", StringComparison.Ordinal));
        Assert.DoesNotContain(bench.Log.Lines, line => line.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029'));
    }

    [Theory]
    [InlineData("a\u0007b")]
    [InlineData("a\u001b[31m")]
    public async Task A_uidl_is_printable(string start)
    {
        await using var server = new FakePop3 { IdStart = start };
        using var bench = new CollectorBench();
        server.Add(1, "m1");
        var (_, error) = await bench.VisitAsync(CollectorBench.Account(RemoteProtocol.Pop3, server.Port));
        Assert.StartsWith("UIDL says \"1 ", error, StringComparison.Ordinal);
        Assert.DoesNotContain(error!, char.IsControl);
    }

    private static AccountSettings EveryFolder(FakeServer server) =>
        CollectorBench.Account(RemoteProtocol.Imap, server.Port) with { Folders = [new FolderRule("*", "*")] };
}
