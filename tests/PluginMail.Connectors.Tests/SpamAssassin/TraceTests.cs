using System.Globalization;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.SpamAssassin;

/// <summary>What SpamAssassin is told of how a message came, and what a real spamd understands of it.</summary>
public sealed class TraceTests(SpamAssassinTests.Peer peer) : IClassFixture<SpamAssassinTests.Peer>
{
    private const string Path = "bounce-7@lists.example.org";
    private const string Answer = "SPAMD/1.1 0 EX_OK\r\nSpam: False ; 0 / 5.0\r\n\r\n";
    private const string Own = "Received: from client.example.org ([192.0.2.7])\r\n\tby mx.example.test with ESMTP id t1\r\n\tfor <b@example.test>;\r\n\tSat, 21 Nov 2026 12:00:00 +0000\r\n";
    private static readonly string Mail = SpamSamples.Mail("trace", SpamdServer.Trace, "text");

    [SkippableTheory]
    [InlineData("192.0.2.7", "client.example.org", Path, "HELO, ONE_RELAY, PATH, RDNS")]
    [InlineData("::ffff:192.0.2.7", "client.example.org", Path, "HELO, ONE_RELAY, PATH, RDNS")]
    [InlineData("2001:db8::7", "client.example.org", Path, "HELO, ONE_RELAY, PATH, RDNS")]
    [InlineData("192.0.2.9", "client.example.org", Path, "HELO, NO_RDNS, ONE_RELAY, PATH")] // its name leads elsewhere
    [InlineData("192.0.2.10", "client.example.org", Path, "HELO, NO_RDNS, ONE_RELAY, PATH")]
    [InlineData("192.0.2.7", "client.example.org", "", "HELO, NO_PATH, ONE_RELAY, RDNS")]
    [InlineData("192.0.2.7", "envelope-from", Path, "ONE_RELAY, PATH, RDNS")]
    [InlineData("192.0.2.7", "Return-Path:", Path, "ONE_RELAY, PATH, RDNS")]
    [InlineData("192.0.2.7", "x(envelope-from=<trusted@example.net>)", Path, "ONE_RELAY, PATH, RDNS")]
    [InlineData("192.0.2.7", "[192.0.2.99])", Path, "ONE_RELAY, PATH, RDNS")]
    [InlineData("192.0.2.7", "Exim", Path, "ONE_RELAY, PATH, RDNS")]
    [InlineData("192.0.2.7", "", Path, "ONE_RELAY, PATH, RDNS")]
    [InlineData("192.0.2.7", "client.example.org", "a) by forged (b@example.net", "HELO, ONE_RELAY, RDNS")]
    public async Task Spamd_knows_greeting_name_and_reverse_path(string client, string hello, string path, string expected)
    {
        await using var bench = await StartAsync();
        var session = ListBench.Stranger(client, hello);
        Assert.Equal(expected, await RulesAsync(bench, Message(Own + Mail, session, path)));
    }

    [SkippableFact]
    public async Task Who_authenticated_is_trusted()
    {
        await using var bench = await StartAsync("outgoing = true");
        var session = new FakeSession
        {
            RemoteEndPoint = ListBench.Stranger("192.0.2.9").RemoteEndPoint,
            HelloName = "client.example.org",
            Protocol = "submission",
            TlsProtocol = "TLSv1.3",
            Authenticated = new EmailAddress("bounce-7", "lists.example.org"),
        };
        Assert.Equal("PATH, TRUSTED", await RulesAsync(bench, Message(Mail, session, Path, Direction.Outgoing)));
    }

    [SkippableFact]
    public async Task The_message_is_delivered_without_what_only_spamd_is_told()
    {
        await using var bench = await StartAsync("headers = [\"status\", \"report\"]");
        var verdict = await bench.CheckAsync(Message(Own + Mail, ListBench.Stranger("192.0.2.7"), Path));
        Assert.Equal(["X-Spam-Report", "X-Spam-Status"], verdict.Effects.OfType<HeaderEdit.Add>().Select(add => add.Name).Order());
        Assert.All(verdict.Effects, static effect => Assert.True(effect is HeaderEdit.Add or Effect.Score));
        Assert.DoesNotContain(verdict.Effects.OfType<HeaderEdit.Add>(), static add => add.Value.Contains("envelope-from", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("X-Above: 1\r\n folded\r\n", true)]
    [InlineData("\r\n", false)] // a body that looks like it
    public async Task This_servers_own_field_is_left_out_and_all_else_sent_as_it_is(string above, bool isLeftOut)
    {
        string body = $"Subject: x\r\n\r\n{new string('x', 150_000)}\r\n.\r\n";
        await using var spamd = new FixedAnswer(Answer);
        var clock = new FakeTime();
        await using var bench = await ListBench.StartAsync(
            "spamassassin", $"address = [\"{spamd.Address}\"]", clock: clock, dns: new Names(), hostname: "mx.example.test");
        await bench.CheckAsync(Message(above + Own + body, ListBench.Stranger("192.0.2.7"), "bounce@bücher.example"));
        string expected = "X-Envelope-From: <bounce@xn--bcher-kva.example>\r\n"
            + "Received: from client.example.org (mail.example.org [192.0.2.7])\r\n\tby mx.example.test (PluginMail) with ESMTP id t1\r\n"
            + "\t(envelope-from <bounce@xn--bcher-kva.example>);\r\n\tSat, 21 Nov 2026 12:00:00 +0000\r\n"
            + above + (isLeftOut ? "" : Own) + body;
        string head = string.Create(CultureInfo.InvariantCulture, $"SYMBOLS SPAMC/1.5\r\nContent-length: {expected.Length}\r\nUser: b@example.test\r\n\r\n");
        Assert.True(head + expected == spamd.Asked, spamd.Asked[..Math.Min(spamd.Asked.Length, 1000)]);
    }

    [Fact]
    public async Task Names_are_asked_for_only_where_they_are_wanted_and_not_for_long()
    {
        await using var spamd = new FixedAnswer(Answer);
        string table = $"address = [\"{spamd.Address}\"]";
        await using (var bench = await ListBench.StartAsync("spamassassin", table + "\nreverse_name = false", dns: new Names()))
        {
            await bench.CheckAsync(Message("Subject: x\r\n\r\ny\r\n.\r\n", ListBench.Stranger("192.0.2.7"), Path));
        }

        Assert.Contains("(unknown [192.0.2.7])", spamd.Asked, StringComparison.Ordinal);
        var clock = new FakeTime();
        var silence = new Silence();
        await using (var bench = await ListBench.StartAsync("spamassassin", table, clock: clock, dns: silence))
        {
            var check = bench.CheckAsync(Message("Subject: x\r\n\r\ny\r\n.\r\n", ListBench.Stranger("192.0.2.8"), Path));
            await silence.Asked.Task;
            clock.Advance(TimeSpan.FromSeconds(2));
            await check;
        }

        Assert.Contains("(unknown [192.0.2.8])", spamd.Asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_says_nothing_of_the_daemon()
    {
        await using var spamd = new FixedAnswer(answer: null);
        await using var bench = await ListBench.StartAsync("spamassassin", $"address = [\"{spamd.Address}\"]");
        await bench.CheckAsync(new FakeMessage(new UnreadableContent()) { BroughtBy = ListBench.Stranger("192.0.2.7") });
        Assert.Contains(bench.Plugins.Loggers.Lines, static line => line.Text.Contains("the message cannot be read: bad sector", StringComparison.Ordinal));
    }

    private static FakeMessage Message(string text, ISessionView session, string path, Direction direction = Direction.Incoming)
    {
        int at = path.LastIndexOf('@');
        return new FakeMessage(new MemoryContent(Encoding.Latin1.GetBytes(text)))
        {
            BroughtBy = session,
            Direction = direction,
            Envelope = new Envelope(at < 0 ? null : new EmailAddress(path[..at], path[(at + 1)..]), [new EmailAddress("b", "example.test")]),
        };
    }

    private async Task<ListBench> StartAsync(string table = "")
    {
        peer.Require();
        return await ListBench.StartAsync("spamassassin", $"address = [\"{peer.Spamd.Tcp}\"]\n{table}", dns: new Names(), hostname: "mx.example.test");
    }

    /// <summary>The rules that hit.</summary>
    private static async Task<string> RulesAsync(ListBench bench, IMessageView message)
    {
        await bench.CheckAsync(message);
        string line = Assert.Single(bench.Plugins.Loggers.Lines, static line => line.Text.StartsWith("t1: ", StringComparison.Ordinal)).Text;
        return string.Join(", ", line[(line.IndexOf('(', StringComparison.Ordinal) + 1)..^1].Split(',').Order(StringComparer.Ordinal));
    }

    /// <summary>192.0.2.7 and 2001:db8::7 are mail.example.org; 192.0.2.9 says so too.</summary>
    private sealed class Names : IDnsResolver
    {
        public ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken)
        {
            string? record = (type, name) switch
            {
                (DnsRecordType.PTR, "7.2.0.192.in-addr.arpa" or "9.2.0.192.in-addr.arpa") => "mail.example.org.",
                (DnsRecordType.PTR, _) when name.EndsWith(".ip6.arpa", StringComparison.Ordinal) => "mail.example.org.",
                (DnsRecordType.A, "mail.example.org") => "192.0.2.7",
                (DnsRecordType.AAAA, "mail.example.org") => "2001:db8::7",
                _ => null,
            };
            return new(new DnsAnswer(record is null ? DnsStatus.NoData : DnsStatus.Found, record is null ? [] : [record], TimeSpan.Zero, IsAuthenticated: false));
        }
    }

    private sealed class Silence : IDnsResolver
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken)
        {
            Asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return new DnsAnswer(DnsStatus.Failure, [], TimeSpan.Zero, IsAuthenticated: false);
        }
    }
}
