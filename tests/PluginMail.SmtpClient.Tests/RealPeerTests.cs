using System.Collections.Immutable;
using System.Text;
using PluginMail.Queue;

namespace PluginMail.SmtpClient.Tests;

/// <summary>Postfix and Dovecot as Debian ships them.</summary>
public sealed class RealPeerTests
{
    [SkippableFact]
    public async Task Postfix_takes_messages_and_hands_them_on_octet_for_octet()
    {
        await using var mailbox = new ScriptedPeer { IsLmtp = true };
        await using RealPeer postfix = await RealPeer.PostfixAsync(mailbox.Port);
        await using SendingBench bench = To(postfix, options => options with { TrustedRoots = [postfix.Certificate!] });
        bench.Policy = static _ => new HostTlsPolicy { Requirement = TlsRequirement.Verified, Check = WebPki.Check };

        // All of it in one flight: unknown recipients beside known ones.
        ImmutableArray<OutboundOutcome> outcomes =
            await bench.SendAsync(SendingBench.Message(SendingBench.Text, "a@example.org", "nobody@example.org", "b@example.org"));
        Assert.Equal([250, 550, 250], outcomes.Select(static outcome => outcome.Reply.Code));
        Assert.Equal("TLSv1.3 verified", outcomes[0].Tls);
        Assert.True(outcomes[0].IsReportingPassedOn);
        Assert.EndsWith("\r\n\r\n" + SendingBench.Text.Split("\r\n\r\n")[1], Encoding.ASCII.GetString(await NextAsync(mailbox, postfix)));

        // None known, then the next message over the same connection.
        outcomes = await bench.SendAsync(SendingBench.Message(SendingBench.Text, "nobody@example.org"));
        Assert.Equal("5.1.1", outcomes[0].Reply.Status.ToString());
        string large = "Subject: large\r\n\r\n" + string.Concat(Enumerable.Range(0, 5_000).Select(static i => $".{i}\r\n..\r\nGr\u00fc\u00dfe\r\n"));
        Assert.True((await bench.SendAsync(SendingBench.Message(Encoding.UTF8.GetBytes(large), "a@example.org")))[0].Reply.IsPositive);
        Assert.EndsWith("\r\n\r\n" + large.Split("\r\n\r\n")[1], Encoding.UTF8.GetString(await NextAsync(mailbox, postfix)));

        // An address that needs SMTPUTF8, a message beyond SIZE, one with bare line ends.
        outcomes = await bench.SendAsync(SendingBench.Message(SendingBench.Text, "j\u00f6rg@example.org"));
        Assert.True(outcomes[0].Reply.IsPositive, outcomes[0].Reply.ToString());
        await NextAsync(mailbox, postfix);
        Assert.Equal(552, (await bench.SendAsync(new string('x', 1_100_000))).Reply.Code);
        Assert.True((await bench.SendAsync("Subject: x\r\n\r\nbefore\n.\nMAIL FROM:<evil@example.org>\r.\r\n.\nend\r\n")).Reply.IsPositive);
        Assert.EndsWith("\r\nbefore\r\n.\r\nMAIL FROM:<evil@example.org>\r\n.\r\n.\r\nend\r\n", Encoding.ASCII.GetString(await NextAsync(mailbox, postfix)));
        Assert.Equal(1, postfix.Log().Split("connect from localhost[127.0.0.1]").Length / 2 - 1); // one connection beside the one that waited for the port
    }

    [SkippableFact]
    public async Task Dovecot_answers_each_recipient_over_LMTP()
    {
        await using RealPeer dovecot = await RealPeer.DovecotAsync();
        var route = new RelayRoute("127.0.0.1", dovecot.Port) { Protocol = OutboundProtocol.Lmtp };
        await using var bench = new SendingBench(change: options => options with { Routes = new RouteTable([], route) });
        for (int i = 0; i < 3; i++)
        {
            ImmutableArray<OutboundOutcome> outcomes = await bench.SendAsync(SendingBench.Message(SendingBench.Text, "a@example.org", "b@example.org"));
            Assert.All(outcomes, outcome => Assert.True(outcome.Reply.IsPositive, outcome.Reply + dovecot.Log()));
            Assert.Contains("<b@example.org>", outcomes[1].Reply.Text);
        }

        foreach (string mailbox in new[] { "a@example.org", "b@example.org" })
        {
            string[] files = Directory.GetFiles(dovecot.PathOf($"mail/{mailbox}/new"));
            Assert.Equal(3, files.Length);
            Assert.All(files, static file => Assert.EndsWith(SendingBench.Text.ReplaceLineEndings("\n"), File.ReadAllText(file).ReplaceLineEndings("\n")));
        }
    }

    [SkippableTheory]
    [InlineData("", 250)]
    [InlineData("-p", 250)] // no PIPELINING
    [InlineData("-e", 250)] // no EHLO
    [InlineData("-8", 250)] // no 8BITMIME
    [InlineData("-f MAIL", 500)]
    [InlineData("-f RCPT", 500)]
    [InlineData("-f DATA", 500)]
    [InlineData("-f .", 500)]
    [InlineData("-r MAIL", 450)]
    [InlineData("-r .", 450)]
    [InlineData("-q MAIL", 451)] // hangs up
    [InlineData("-q DATA", 451)]
    [InlineData("-q .", 451)]
    [InlineData("-a -p", 250)]
    public async Task The_sink_with_all_its_faults(string options, int code)
    {
        await using RealPeer sink = await RealPeer.SinkAsync(options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        await using SendingBench bench = To(sink);
        string text = "Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGr\u00fc\u00dfe\r\n";
        OutboundMessage message = SendingBench.Message(Encoding.UTF8.GetBytes(text), "a@example.org", "b@example.org");
        for (int i = 0; i < 3; i++)
        {
            Assert.All(await bench.SendAsync(message), outcome => Assert.Equal(code, outcome.Reply.Code));
        }
    }

    private static SendingBench To(RealPeer peer, Func<SmtpClientOptions, SmtpClientOptions>? change = null) =>
        new(change: options => (change is null ? options : change(options)) with { Port = peer.Port });

    private static async Task<byte[]> NextAsync(ScriptedPeer mailbox, RealPeer postfix)
    {
        for (int attempt = 0; attempt < 2_400; attempt++)
        {
            if (mailbox.Messages.TryDequeue(out byte[]? message))
            {
                return message;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException(postfix.Log());
    }
}
