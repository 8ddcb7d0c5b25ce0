using PluginMail.Testing;

namespace PluginMail.SmtpClient.Tests;

/// <summary>Connections that serve more than one message.</summary>
public sealed class PoolTests
{
    [Fact]
    public async Task A_connection_serves_one_message_after_another()
    {
        await using var peer = new ScriptedPeer();
        await using (var bench = new SendingBench(peer))
        {
            for (int i = 0; i < 3; i++)
            {
                Assert.True((await bench.SendAsync()).Reply.IsPositive);
            }

            Assert.Equal(1, peer.Connections);
        }

        while (!peer.Verbs.EndsWith("QUIT", StringComparison.Ordinal))
        {
            await Task.Yield();
        }

        Assert.Equal("EHLO MAIL RCPT DATA MAIL RCPT DATA MAIL RCPT DATA QUIT", peer.Verbs);
    }

    [Fact]
    public async Task A_connection_serves_so_many_messages_and_no_more()
    {
        await using var peer = new ScriptedPeer();
        await using var bench = new SendingBench(peer, static options => options with { MaximumMessagesPerConnection = 2 });
        for (int i = 0; i < 5; i++)
        {
            Assert.True((await bench.SendAsync()).Reply.IsPositive);
        }

        Assert.Equal(3, peer.Connections);
    }

    [Theory]
    [InlineData(ScriptedPeer.Drop)]
    [InlineData("421 4.4.2 you were silent for too long")]
    public async Task A_connection_that_went_stale_is_replaced_unnoticed(string fault)
    {
        int mails = 0;
        await using var peer = new ScriptedPeer { Choose = command => command.StartsWith("MAIL", StringComparison.Ordinal) && ++mails == 2 ? fault : null };
        await using var bench = new SendingBench(peer);
        Assert.True((await bench.SendAsync()).Reply.IsPositive);
        Assert.True((await bench.SendAsync()).Reply.IsPositive);
        Assert.Equal(2, peer.Connections);
        Assert.Equal(2, peer.Messages.Count);
    }

    [Fact]
    public async Task A_connection_that_never_carried_a_message_can_go_stale_too()
    {
        int mails = 0;
        await using var peer = new ScriptedPeer { Choose = command => command.StartsWith("MAIL", StringComparison.Ordinal) && ++mails == 1 ? ScriptedPeer.Drop : null };
        peer.Capabilities.Add("SIZE 1000");
        await using var bench = new SendingBench(peer);
        Assert.Equal(552, (await bench.SendAsync(new string('x', 2000))).Reply.Code);
        Assert.True((await bench.SendAsync()).Reply.IsPositive);
        Assert.Equal(2, peer.Connections);
    }

    [Fact]
    public async Task A_connection_that_the_host_closed_is_not_used()
    {
        await using var peer = new ScriptedPeer { Choose = static command => command == "DOT" ? "250 2.0.0 queued\r\n421 4.4.2 goodbye" : null };
        await using var bench = new SendingBench(peer);
        Assert.True((await bench.SendAsync()).Reply.IsPositive);
        Assert.True((await bench.SendAsync()).Reply.IsPositive);
        Assert.Equal(2, peer.Connections);
        Assert.Equal(2, peer.Messages.Count);
    }

    [Fact]
    public async Task A_connection_rests_for_a_short_time_only()
    {
        var clock = new FakeTime();
        await using var peer = new ScriptedPeer();
        await using var bench = new SendingBench(peer, clock: clock);
        await bench.SendAsync();
        clock.Advance(TimeSpan.FromSeconds(9));
        await bench.SendAsync();
        Assert.Equal(1, peer.Connections);
        clock.Advance(TimeSpan.FromSeconds(11));
        await bench.SendAsync();
        Assert.Equal(2, peer.Connections);
    }

    [Fact]
    public async Task No_more_connections_rest_than_allowed()
    {
        await using var peer = new ScriptedPeer();
        await using var bench = new SendingBench(peer, static options => options with { MaximumIdleConnections = 0 });
        await bench.SendAsync();
        await bench.SendAsync();
        Assert.Equal(2, peer.Connections);
    }

    [Fact]
    public async Task Connections_are_shared_only_where_they_are_protected_alike()
    {
        await using var peer = new ScriptedPeer { Certificate = SendingBench.Certificate("mx.example.org") };
        await using var bench = new SendingBench(peer);
        await bench.SendAsync();
        bench.Policy = static _ => new HostTlsPolicy { Requirement = TlsRequirement.Encrypted };
        await bench.SendAsync();
        bench.Policy = static _ => new HostTlsPolicy { Requirement = TlsRequirement.Encrypted, Name = "DANE" };
        await bench.SendAsync();
        Assert.Equal(3, peer.Connections);
    }

    [Fact]
    public async Task Many_senders_at_once_lose_nothing()
    {
        await using var peer = new ScriptedPeer();
        await using var bench = new SendingBench(peer);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            for (int i = 0; i < 10; i++)
            {
                Assert.True((await bench.SendAsync()).Reply.IsPositive);
            }
        }));
        Assert.Equal(200, peer.Messages.Count);
        Assert.True(peer.Connections <= 20);
    }
}
