using System.Text;
using PluginMail.Abstractions;
using PluginMail.Queue;

namespace PluginMail.SmtpClient.Tests;

/// <summary>What the octets of a message become on the way.</summary>
public sealed class ContentTests
{
    /// <summary>Any content in any pieces: lines are canonical, dots doubled where they must be, the announced length true.</summary>
    [Fact]
    public void Lines_are_encoded_the_same_in_any_pieces()
    {
        var random = new Random(20261121);
        string[] seeds = ["\r", "\n", "\r\n", ".", "..", "a", "line", "\r\n.\r\n", "\xe9"];
        for (int round = 0; round < 5_000; round++)
        {
            byte[] octets = [.. Enumerable.Range(0, random.Next(0, 30)).SelectMany(_ => Encoding.Latin1.GetBytes(seeds[random.Next(seeds.Length)]))];
            string expected = Canonical(Encoding.Latin1.GetString(octets));
            Assert.Equal(expected, Encode(octets, random.Next(1, 5), dots: false));
            Assert.Equal(expected, Encode(octets, octets.Length + 1, dots: false));
            Assert.Equal(Dotted(expected), Encode(octets, random.Next(1, 5), dots: true));
            foreach (MessageContent content in new MessageContent[] { new MemoryContent(octets), new PieceContent(octets, random.Next(1, 40)) })
            {
                ContentSurvey survey = ContentSurvey.Of(content);
                Assert.Equal(expected.Length, survey.Length);
                Assert.Equal(expected == Encoding.Latin1.GetString(octets), survey.IsCanonical);
                Assert.Equal(octets.Contains((byte)0xe9), survey.HasEightBit);
            }
        }
    }

    [Theory]
    [InlineData("Subject: x\r\n\r\nbody", false, false)]
    [InlineData("Subject: x\r\n\r\nb\u00f6dy", true, false)]
    [InlineData("Subject: \u00f6\r\n\r\nbody", true, true)]
    public void What_a_message_needs(string text, bool eightBit, bool utf8)
    {
        ContentSurvey survey = ContentSurvey.Of(new MemoryContent(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(eightBit, survey.HasEightBit);
        Assert.Equal(utf8, survey.HasUtf8Header);
        Assert.False(ContentSurvey.Of(new MemoryContent(Encoding.Latin1.GetBytes(text))).HasUtf8Header);
    }

    [Fact]
    public async Task Octets_beyond_ASCII_go_as_they_are_where_the_host_takes_them()
    {
        await using var peer = new ScriptedPeer();
        await using var bench = new SendingBench(peer);
        string text = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\u00fc\u00dfe\r\n";
        Assert.True((await bench.SendAsync(SendingBench.Message(Encoding.UTF8.GetBytes(text))))[0].Reply.IsPositive);
        Assert.Equal(text, Encoding.UTF8.GetString(Assert.Single(peer.Messages)));
        Assert.Contains(" BODY=8BITMIME", peer.Commands.ElementAt(1));
        Assert.DoesNotContain("SMTPUTF8", peer.Commands.ElementAt(1));
    }

    [Fact]
    public async Task For_a_host_without_8BITMIME_the_message_is_converted()
    {
        await using var peer = new ScriptedPeer();
        peer.Capabilities.Remove("8BITMIME");
        await using var bench = new SendingBench(peer);
        string text = "From: a@example.org\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\nX: y\r\n\r\nGr\u00fc\u00dfe\r\n.\r\n";
        Assert.True((await bench.SendAsync(SendingBench.Message(Encoding.UTF8.GetBytes(text))))[0].Reply.IsPositive);
        Assert.Equal(
            "From: a@example.org\r\nContent-Type: text/plain; charset=utf-8\r\nX: y\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe\r\n.\r\n",
            Encoding.UTF8.GetString(Assert.Single(peer.Messages)));
        Assert.DoesNotContain("BODY=", peer.Commands.ElementAt(1));
    }

    [Fact]
    public async Task What_cannot_be_converted_is_refused()
    {
        await using var peer = new ScriptedPeer();
        peer.Capabilities.Remove("8BITMIME");
        await using var bench = new SendingBench(peer);
        byte[] signed = Encoding.UTF8.GetBytes("Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nGr\u00fc\u00dfe\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\nsig\r\n--b--\r\n");
        OutboundOutcome outcome = (await bench.SendAsync(SendingBench.Message(signed)))[0];
        Assert.Equal("554 5.6.3", $"{outcome.Reply.Code} {outcome.Reply.Status}");
        Assert.Empty(peer.Messages);
    }

    [Theory]
    [InlineData("j\u00f6rg@example.org", "sender@client.example", "553 5.6.7")]
    [InlineData("a@example.org", "j\u00f6rg@client.example", "553 5.6.7")]
    public async Task Addresses_in_UTF8_need_SMTPUTF8(string recipient, string sender, string reply)
    {
        await using var peer = new ScriptedPeer();
        OutboundMessage message = SendingBench.Message(SendingBench.Text, recipient) with { Sender = SendingBench.Address(sender) };
        await using (var bench = new SendingBench(peer))
        {
            Assert.True((await bench.SendAsync(message))[0].Reply.IsPositive);
            Assert.Contains(" BODY=8BITMIME SMTPUTF8", peer.Commands.ElementAt(1));
            Assert.Contains(peer.Commands, command => command == $"RCPT TO:<{recipient}>");
        }

        peer.Capabilities.Remove("SMTPUTF8");
        await using var other = new SendingBench(peer);
        OutboundOutcome outcome = (await other.SendAsync(message))[0];
        Assert.Equal(reply, $"{outcome.Reply.Code} {outcome.Reply.Status}");
        Assert.Single(peer.Messages);
    }

    [Fact]
    public async Task Local_parts_whose_dots_no_atom_may_have_are_quoted()
    {
        await using var peer = new ScriptedPeer();
        await using var bench = new SendingBench(peer);
        OutboundMessage message = SendingBench.Message(SendingBench.Text, "m..e@example.org") with { Sender = SendingBench.Address(".me.@client.example") };
        Assert.True((await bench.SendAsync(message))[0].Reply.IsPositive);
        Assert.StartsWith("MAIL FROM:<\".me.\"@client.example>", peer.Commands.ElementAt(1));
        Assert.Contains("RCPT TO:<\"m..e\"@example.org>", peer.Commands);
    }

    [Fact]
    public async Task Domains_in_UTF8_become_A_labels()
    {
        await using var peer = new ScriptedPeer();
        peer.Capabilities.Remove("SMTPUTF8");
        await using var bench = new SendingBench(peer);
        bench.Dns.Add("xn--bcher-kva.example", DnsRecordType.A, "127.0.0.1");
        OutboundMessage message = SendingBench.Message(SendingBench.Text) with
        {
            Domain = "xn--bcher-kva.example",
            Sender = SendingBench.Address("s@b\u00fccher.example"),
            Recipients = [new OutboundRecipient(SendingBench.Address("a@b\u00fccher.example"))],
        };
        Assert.True((await bench.SendAsync(message))[0].Reply.IsPositive);
        Assert.StartsWith("MAIL FROM:<s@xn--bcher-kva.example>", peer.Commands.ElementAt(1));
        Assert.Equal("RCPT TO:<a@xn--bcher-kva.example>", peer.Commands.ElementAt(2));
    }

    [Fact]
    public async Task No_address_carries_a_command()
    {
        await using var peer = new ScriptedPeer();
        await using var bench = new SendingBench(peer);
        OutboundMessage message = SendingBench.Message(SendingBench.Text) with
        {
            Recipients = [new OutboundRecipient(new EmailAddress("a>\r\nRSET\r\n", "example.org")), new OutboundRecipient(new EmailAddress("b", "x>\r\nQUIT"))],
        };
        Assert.All(await bench.SendAsync(message), static outcome => Assert.Equal(553, outcome.Reply.Code));
        Assert.Equal("EHLO", peer.Verbs);
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_is_temporary_and_cuts_the_connection()
    {
        await using var peer = new ScriptedPeer();
        await using var bench = new SendingBench(peer);
        using var broken = new BrokenContent();
        OutboundOutcome outcome = (await bench.SendAsync(SendingBench.Message(SendingBench.Text) with { Content = broken }))[0];
        Assert.True(outcome.Reply.IsTransient);
        Assert.Empty(peer.Messages);
        Assert.True((await bench.SendAsync()).Reply.IsPositive);
        Assert.Equal(2, peer.Connections);
    }

    private static string Encode(byte[] octets, int piece, bool dots)
    {
        var encoder = new LineEncoder(dots);
        var output = new StringBuilder();
        byte[] room = new byte[LineEncoder.MaximumLength(Math.Max(piece, 1))];
        for (int i = 0; i < octets.Length; i += piece)
        {
            output.Append(Encoding.Latin1.GetString(room, 0, encoder.Encode(octets.AsSpan(i, Math.Min(piece, octets.Length - i)), room)));
        }

        return output.Append(Encoding.Latin1.GetString(room, 0, encoder.Finish(room))).ToString();
    }

    private static string Canonical(string text)
    {
        string lines = text.Replace("\r\n", "\n").Replace('\r', '\n').Replace("\n", "\r\n");
        return lines.Length == 0 || lines.EndsWith('\n') ? lines : lines + "\r\n";
    }

    private static string Dotted(string text) => string.Join("\r\n", text.Split("\r\n").Select(static line => line.StartsWith('.') ? "." + line : line));

    private sealed class PieceContent(byte[] octets, int most) : MessageContent
    {
        public override long Length => octets.Length;

        public override int Read(long offset, Span<byte> destination)
        {
            int count = (int)Math.Min(Math.Min(most, destination.Length), octets.Length - offset);
            octets.AsSpan((int)offset, count).CopyTo(destination);
            return count;
        }
    }

    private sealed class BrokenContent : MessageContent
    {
        public override long Length => 100_000;

        public override int Read(long offset, Span<byte> destination)
        {
            if (offset > 0)
            {
                throw new IOException("the disk is gone");
            }

            destination[..Math.Min(destination.Length, 100_000)].Fill((byte)'x');
            return Math.Min(destination.Length, 100_000);
        }
    }
}
