using System.Collections.Immutable;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Queue;

namespace PluginMail.SmtpClient.Tests;

/// <summary>What is said to a host that does as it should.</summary>
public sealed class DialogTests
{
    [Theory]
    [InlineData("", "EHLO MAIL RCPT DATA")]
    [InlineData("PIPELINING", "EHLO MAIL RCPT DATA")]
    [InlineData("CHUNKING", "EHLO MAIL RCPT BDAT")]
    [InlineData("PIPELINING CHUNKING", "EHLO MAIL RCPT BDAT")]
    public async Task A_message_arrives_octet_for_octet(string offers, string verbs)
    {
        await using var peer = new ScriptedPeer();
        peer.Capabilities.Clear();
        peer.Capabilities.AddRange(offers.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        await using var bench = new SendingBench(peer);
        OutboundOutcome outcome = await bench.SendAsync();
        Assert.Equal("250 2.0.0 queued", outcome.Reply.ToString());
        Assert.Equal($"mx.example.org[127.0.0.1]:{peer.Port}", outcome.Host);
        Assert.Null(outcome.Tls);
        Assert.Equal(verbs, peer.Verbs);
        Assert.Equal(SendingBench.Text, Encoding.ASCII.GetString(Assert.Single(peer.Messages)));
    }

    [Theory]
    [InlineData("PIPELINING")]
    [InlineData("PIPELINING CHUNKING")]
    public async Task A_large_message_arrives_octet_for_octet(string offers)
    {
        await using var peer = new ScriptedPeer();
        peer.Capabilities.Clear();
        peer.Capabilities.AddRange(offers.Split(' '));
        await using var bench = new SendingBench(peer);
        string text = "Subject: large\r\n\r\n" + string.Concat(Enumerable.Range(0, 20_000).Select(static i => $".{i}\r\n..\r\n.\r\n"));
        Assert.True((await bench.SendAsync(text)).Reply.IsPositive);
        Assert.Equal(text, Encoding.ASCII.GetString(Assert.Single(peer.Messages)));
    }

    [Theory]
    [InlineData("PIPELINING")]
    [InlineData("PIPELINING CHUNKING")]
    public async Task Lines_that_double_fit_the_buffers(string offers)
    {
        await using var peer = new ScriptedPeer();
        peer.Capabilities.Clear();
        peer.Capabilities.AddRange(offers.Split(' '));
        await using var bench = new SendingBench(peer);
        string text = "\n" + string.Concat(Enumerable.Repeat(".\n", 65_536));
        string[] recipients = [.. Enumerable.Range(0, 100).Select(static i => new string('r', 100) + i + "@example.org")];
        OutboundMessage message = SendingBench.Message(text, recipients);
        Assert.All(await bench.SendAsync(message), static outcome => Assert.True(outcome.Reply.IsPositive, outcome.Reply.ToString()));
        Assert.Equal(text.Replace("\n", "\r\n"), Encoding.ASCII.GetString(Assert.Single(peer.Messages)));
        Assert.True((await bench.SendAsync(SendingBench.Message(new string('\n', 16_384), recipients)))[99].Reply.IsPositive);
        Assert.True((await bench.SendAsync(SendingBench.Message("", recipients)))[99].Reply.IsPositive);
    }

    [Theory]
    [InlineData("PIPELINING")]
    [InlineData("PIPELINING CHUNKING")]
    public async Task A_bare_line_end_never_ends_the_message_for_anybody(string offers)
    {
        await using var peer = new ScriptedPeer();
        peer.Capabilities.Clear();
        peer.Capabilities.AddRange(offers.Split(' '));
        await using var bench = new SendingBench(peer);
        string[] ends = ["\n.\n", "\r.\r", "\r\n.\n", "\n.\r\n", "\r.\r\n", "\r\n.\r", "\r\r\n.\r\r\n", "\n\r.\n\r"];
        foreach (string smuggled in ends)
        {
            Assert.True((await bench.SendAsync($"Subject: x\r\n\r\nbefore{smuggled}MAIL FROM:<evil@example.org>\r\n")).Reply.IsPositive);
            string got = Encoding.ASCII.GetString(peer.Messages.Last());
            Assert.Equal(got.Count(static c => c == '\n'), got.Split("\r\n").Length - 1);
            Assert.Equal(got.Count(static c => c == '\r'), got.Split("\r\n").Length - 1);
            Assert.Contains("MAIL FROM:<evil@example.org>", got);
        }

        Assert.Equal(ends.Length, peer.Messages.Count);
        Assert.Equal(ends.Length, peer.Commands.Count(static command => command.StartsWith("MAIL", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_has_no_line_end_gets_one()
    {
        await using var peer = new ScriptedPeer();
        await using var bench = new SendingBench(peer);
        await bench.SendAsync("Subject: x\r\n\r\nend");
        await bench.SendAsync("Subject: x\r\n\r\nend\r");
        Assert.All(peer.Messages, static message => Assert.Equal("Subject: x\r\n\r\nend\r\n", Encoding.ASCII.GetString(message)));
    }

    [Theory]
    [InlineData("PIPELINING")]
    [InlineData("PIPELINING CHUNKING")]
    [InlineData("CHUNKING")]
    [InlineData("")]
    public async Task Each_recipient_has_its_reply(string offers)
    {
        await using var peer = new ScriptedPeer { Choose = static command => command switch
        {
            "RCPT TO:<b@example.org>" => "550 5.1.1 unknown",
            "RCPT TO:<c@example.org>" => "450 4.2.0 greylisted",
            _ => null,
        } };
        peer.Capabilities.Clear();
        peer.Capabilities.AddRange(offers.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        await using var bench = new SendingBench(peer);
        ImmutableArray<OutboundOutcome> outcomes =
            await bench.SendAsync(SendingBench.Message(SendingBench.Text, "a@example.org", "b@example.org", "c@example.org", "d@example.org"));
        Assert.Equal([250, 550, 450, 250], outcomes.Select(static outcome => outcome.Reply.Code));
        Assert.Equal("5.1.1", outcomes[1].Reply.Status.ToString());
        Assert.All(outcomes, static outcome => Assert.False(outcome.IsDestinationDown));
        Assert.Single(peer.Messages);
    }

    [Theory]
    [InlineData("PIPELINING", false)]
    [InlineData("PIPELINING", true)]
    [InlineData("PIPELINING CHUNKING", false)]
    [InlineData("CHUNKING", false)]
    [InlineData("", false)]
    public async Task Where_all_recipients_are_refused_the_connection_serves_the_next_message(string offers, bool takesData)
    {
        await using var peer = new ScriptedPeer { Choose = static command => command.StartsWith("RCPT TO:<x", StringComparison.Ordinal) ? "550 5.1.1 unknown" : null };
        peer.Capabilities.Clear();
        peer.Capabilities.AddRange(offers.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (takesData)
        {
            peer.Replies["DATA"] = "354 go, to nobody";
        }

        await using var bench = new SendingBench(peer);
        ImmutableArray<OutboundOutcome> refused = await bench.SendAsync(SendingBench.Message(SendingBench.Text, "x1@example.org", "x2@example.org"));
        Assert.All(refused, static outcome => Assert.Equal(550, outcome.Reply.Code));
        Assert.True((await bench.SendAsync()).Reply.IsPositive);
        Assert.Equal(1, peer.Connections);
        Assert.Contains("RSET", peer.Verbs);
        Assert.Equal(SendingBench.Text, Encoding.ASCII.GetString(peer.Messages.Last()));
    }

    [Fact]
    public async Task Too_many_recipients_for_the_host_get_further_transactions()
    {
        int inTransaction = 0;
        await using var peer = new ScriptedPeer { Choose = command =>
        {
            inTransaction = command.StartsWith("MAIL", StringComparison.Ordinal) ? 0 : inTransaction + (command.StartsWith("RCPT", StringComparison.Ordinal) ? 1 : 0);
            return command.StartsWith("RCPT", StringComparison.Ordinal) && inTransaction > 2 ? "452 4.5.3 too many" : null;
        } };
        await using var bench = new SendingBench(peer);
        ImmutableArray<OutboundOutcome> outcomes =
            await bench.SendAsync(SendingBench.Message(SendingBench.Text, [.. Enumerable.Range(0, 5).Select(static i => $"r{i}@example.org")]));
        Assert.All(outcomes, static outcome => Assert.True(outcome.Reply.IsPositive));
        Assert.Equal(3, peer.Messages.Count);
        Assert.Equal(1, peer.Connections);
    }

    [Fact]
    public async Task More_than_a_hundred_recipients_are_parted()
    {
        await using var peer = new ScriptedPeer();
        await using var bench = new SendingBench(peer);
        ImmutableArray<OutboundOutcome> outcomes =
            await bench.SendAsync(SendingBench.Message(SendingBench.Text, [.. Enumerable.Range(0, 250).Select(static i => $"r{i}@example.org")]));
        Assert.All(outcomes, static outcome => Assert.True(outcome.Reply.IsPositive));
        Assert.Equal(3, peer.Messages.Count);
        Assert.Equal(250, peer.Commands.Count(static command => command.StartsWith("RCPT", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Requests_for_reports_are_passed_on_where_they_are_understood()
    {
        await using var peer = new ScriptedPeer();
        await using var bench = new SendingBench(peer);
        OutboundMessage message = SendingBench.Message(SendingBench.Text) with
        {
            EnvelopeId = "id+2B1",
            Return = DsnReturn.Headers,
            Recipients =
            [
                new OutboundRecipient(SendingBench.Address("a@example.org"), DsnNotify.Success | DsnNotify.Delay, "rfc822;first@example.org"),
                new OutboundRecipient(SendingBench.Address("b@example.org"), DsnNotify.Never, "rfc822;inject\r\nDATA"),
                new OutboundRecipient(SendingBench.Address("c@example.org")),
            ],
        };
        Assert.All(await bench.SendAsync(message), static outcome => Assert.True(outcome.IsReportingPassedOn));
        Assert.Equal(
        [
            "EHLO client.example",
            $"MAIL FROM:<sender@client.example> SIZE={SendingBench.Text.Length} RET=HDRS ENVID=id+2B1",
            "RCPT TO:<a@example.org> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;first@example.org",
            "RCPT TO:<b@example.org> NOTIFY=NEVER",
            "RCPT TO:<c@example.org>",
            "DATA",
        ], peer.Commands);

        peer.Capabilities.Remove("DSN");
        await using var other = new SendingBench(peer);
        Assert.All(await other.SendAsync(message), static outcome => Assert.False(outcome.IsReportingPassedOn));
        Assert.Equal("RCPT TO:<a@example.org>", peer.Commands.ElementAt(8));
    }

    [Fact]
    public async Task A_host_that_knows_no_EHLO_gets_HELO()
    {
        await using var peer = new ScriptedPeer { Replies = { ["EHLO"] = "502 5.5.2 what?" } };
        await using var bench = new SendingBench(peer);
        Assert.True((await bench.SendAsync()).Reply.IsPositive);
        Assert.Equal("EHLO HELO MAIL RCPT DATA", peer.Verbs);
        Assert.Equal("MAIL FROM:<sender@client.example>", peer.Commands.ElementAt(2));
    }

    [Fact]
    public async Task The_null_sender_has_empty_brackets()
    {
        await using var peer = new ScriptedPeer();
        await using var bench = new SendingBench(peer);
        Assert.True((await bench.SendAsync(SendingBench.Message(SendingBench.Text) with { Sender = null }))[0].Reply.IsPositive);
        Assert.StartsWith("MAIL FROM:<>", peer.Commands.ElementAt(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_large_a_message_is_not_sent()
    {
        await using var peer = new ScriptedPeer();
        peer.Capabilities.Add("SIZE 20");
        await using var bench = new SendingBench(peer);
        OutboundOutcome outcome = await bench.SendAsync();
        Assert.Equal("552 5.3.4", $"{outcome.Reply.Code} {outcome.Reply.Status}");
        Assert.False(outcome.IsDestinationDown);
        Assert.Equal("EHLO", peer.Verbs);
    }

    [Fact]
    public async Task LMTP_answers_each_recipient()
    {
        await using var peer = new ScriptedPeer
        {
            IsLmtp = true,
            Replies = { ["DOT 2"] = "552 5.2.2 full" },
            Choose = static command => command.StartsWith("RCPT TO:<b", StringComparison.Ordinal) ? "550 5.1.1 unknown" : null,
        };
        peer.Capabilities.Add("CHUNKING");
        var route = new RelayRoute("127.0.0.1", peer.Port) { Protocol = OutboundProtocol.Lmtp };
        await using var bench = new SendingBench(peer, options => options with { Routes = new RouteTable([new DomainRoute("example.org", route)], null) });
        ImmutableArray<OutboundOutcome> outcomes =
            await bench.SendAsync(SendingBench.Message(SendingBench.Text, "a@example.org", "b@example.org", "c@example.org", "d@example.org"));
        Assert.Equal([250, 550, 552, 250], outcomes.Select(static outcome => outcome.Reply.Code));
        Assert.Equal("delivered 3", outcomes[3].Reply.Text);
        Assert.Equal("LHLO MAIL RCPT RCPT RCPT RCPT DATA", peer.Verbs);
    }

    [Fact]
    public async Task LMTP_goes_through_a_Unix_socket()
    {
        string path = Path.Combine(Path.GetTempPath(), $"pm-{Guid.NewGuid():n}.sock");
        await using var peer = new ScriptedPeer(unixSocket: path) { IsLmtp = true };
        var route = new RelayRoute(path, 0) { Protocol = OutboundProtocol.Lmtp };
        await using var bench = new SendingBench(change: options => options with { Routes = new RouteTable([], route) });
        OutboundOutcome outcome = await bench.SendAsync();
        Assert.True(outcome.Reply.IsPositive);
        Assert.Equal(path, outcome.Host);
        Assert.Equal(path, bench.Transport.DestinationOf("example.org"));
        File.Delete(path);
    }

    [Fact]
    public async Task A_cancelled_attempt_is_temporary_and_no_exception()
    {
        await using var peer = new ScriptedPeer { Replies = { ["MAIL"] = ScriptedPeer.Silence } };
        await using var bench = new SendingBench(peer);
        using var stop = new CancellationTokenSource();
        ValueTask<ImmutableArray<OutboundOutcome>> sending = bench.Transport.SendAsync(SendingBench.Message(SendingBench.Text), stop.Token);
        while (!peer.Verbs.Contains("MAIL", StringComparison.Ordinal))
        {
            await Task.Yield();
        }

        await stop.CancelAsync();
        OutboundOutcome outcome = Assert.Single(await sending);
        Assert.True(outcome.Reply.IsTransient);
        Assert.False(outcome.IsDestinationDown);
    }
}
