using System.Net;
using PluginMail.Abstractions;
using PluginMail.Queue;

namespace PluginMail.SmtpClient.Tests;

/// <summary>Where a message goes.</summary>
public sealed class RoutingTests
{
    [Fact]
    public void The_nearest_route_counts()
    {
        RelayRoute own = new("own", 1), below = new("below", 1), deep = new("deep", 1), smarthost = new("smart", 587);
        var table = new RouteTable(
            [new("example.org", own), new(".example.org", below), new(".deep.example.org", deep), new("direct.example", null), new("EXAMPLE.ORG", deep)], smarthost);
        Assert.Same(own, table.Find("example.org"));
        Assert.Same(below, table.Find("a.example.org"));
        Assert.Same(below, table.Find("deep.example.org"));
        Assert.Same(deep, table.Find("a.b.deep.example.org"));
        Assert.Same(smarthost, table.Find("badexample.org"));
        Assert.Same(smarthost, table.Find("[192.0.2.1]"));
        Assert.Null(table.Find("direct.example"));
        Assert.Null(RouteTable.Empty.Find("example.org"));
        Assert.Equal("smart:587", smarthost.Name);
    }

    [Fact]
    public async Task Exchangers_are_tried_by_preference_and_chance()
    {
        FakeResolver dns = new FakeResolver().Add("example.org", DnsRecordType.MX, "20 C.example.org.", "10 a.example.org", "10 b.example.org", "bad", "x y", "5 192.0.2.1", "30 me.example");
        var seen = new HashSet<string>();
        for (int i = 0; i < 200; i++)
        {
            ExchangerList list = await new MailExchangers(dns).FindAsync("example.org", "ME.example", CancellationToken.None);
            seen.Add(string.Join(' ', list.Hosts.Select(static host => host.Name)));
        }

        Assert.Equal(["a.example.org b.example.org c.example.org", "b.example.org a.example.org c.example.org"], seen.Order());
    }

    [Fact]
    public async Task Exchangers_at_and_behind_our_own_preference_are_left_out()
    {
        FakeResolver dns = new FakeResolver().Add("example.org", DnsRecordType.MX, "10 a.example.org", "20 me.example", "20 b.example.org", "30 c.example.org");
        ExchangerList list = await new MailExchangers(dns).FindAsync("example.org", "me.example", CancellationToken.None);
        Assert.Equal("a.example.org", Assert.Single(list.Hosts).Name);
    }

    [Theory]
    [InlineData("10 me.example", "554 5.4.6 mail for d.example loops back to myself")]
    [InlineData("0 .", "556 5.1.10 the domain d.example accepts no mail (null MX)")]
    [InlineData("garbage", "550 5.4.4 the domain d.example has no usable MX record")]
    [InlineData("10 nowhere.example", "550 5.4.4 nowhere.example has no address")]
    [InlineData("10 flaky.example", "451 4.4.3 the addresses of flaky.example cannot be looked up now")]
    [InlineData("10 zero.example", "550 5.4.4 zero.example has no address")]
    [InlineData("10 self.example", "554 5.4.6 mail for d.example loops back to myself")]
    public async Task MX_records_that_lead_nowhere(string record, string reply)
    {
        await using var bench = new SendingBench(change: static options => options with { Hostname = "me.example", OwnEndPoints = [IPEndPoint.Parse("127.0.0.9:1")] });
        bench.Dns.Add("d.example", DnsRecordType.MX, record).Fail("flaky.example", DnsRecordType.A).Add("zero.example", DnsRecordType.A, "0.0.0.0", "224.0.0.1")
            .Add("self.example", DnsRecordType.A, "127.0.0.9");
        OutboundOutcome outcome = (await bench.SendAsync(SendingBench.Message(SendingBench.Text, "a@d.example")))[0];
        Assert.Equal(reply, outcome.Reply.ToString());
    }

    [Theory]
    [InlineData("554 5.4.6 mail for d.example loops back to myself", "10 self.example", "10 other.example")]
    [InlineData("451 4.4.3 the addresses of flaky.example cannot be looked up now", "5 flaky.example", "20 self.example", "20 other.example")]
    public async Task A_host_of_another_name_that_is_this_server_ends_the_list_with_its_equals(string reply, params string[] records)
    {
        await using var bench = new SendingBench(change: static options => options with { Hostname = "me.example", OwnEndPoints = [IPEndPoint.Parse("127.0.0.9:1")] });
        bench.Dns.Add("d.example", DnsRecordType.MX, records).Fail("flaky.example", DnsRecordType.A).Add("self.example", DnsRecordType.A, "127.0.0.9")
            .Add("other.example", DnsRecordType.A, "127.0.0.8");
        for (int i = 0; i < 8; i++)
        {
            OutboundOutcome outcome = (await bench.SendAsync(SendingBench.Message(SendingBench.Text, "a@d.example")))[0];
            Assert.Equal(reply, outcome.Reply.ToString());
        }
    }

    [Theory]
    [InlineData(DnsStatus.NameError, "550 5.1.2 the domain d.example does not exist", false)]
    [InlineData(DnsStatus.Failure, "451 4.4.3 the mail exchangers of d.example cannot be looked up now", true)]
    [InlineData(DnsStatus.NoData, "550 5.4.4 d.example has no address", false)]
    public async Task Domains_that_lead_nowhere(DnsStatus status, string reply, bool isDown)
    {
        await using var bench = new SendingBench();
        bench.Dns.Fail("d.example", DnsRecordType.MX, status);
        OutboundOutcome outcome = (await bench.SendAsync(SendingBench.Message(SendingBench.Text, "a@d.example")))[0];
        Assert.Equal(reply, outcome.Reply.ToString());
        Assert.Equal(isDown, outcome.IsDestinationDown);
    }

    [Fact]
    public async Task Without_MX_records_the_domain_is_the_host()
    {
        await using var peer = new ScriptedPeer();
        await using var bench = new SendingBench(peer);
        bench.Dns.Add("d.example", DnsRecordType.A, "127.0.0.1");
        OutboundOutcome outcome = (await bench.SendAsync(SendingBench.Message(SendingBench.Text, "a@d.example")))[0];
        Assert.Equal($"d.example[127.0.0.1]:{peer.Port}", outcome.Host);
    }

    [Theory]
    [InlineData("[127.0.0.1]", "250 2.0.0 queued")]
    [InlineData("[IPv6:zz]", "550 5.1.2 [IPv6:zz] is no address")]
    [InlineData("[127.1]", "550 5.1.2 [127.1] is no address")]
    public async Task Address_literals(string domain, string reply)
    {
        await using var peer = new ScriptedPeer();
        await using var bench = new SendingBench(peer);
        OutboundMessage message = SendingBench.Message(SendingBench.Text) with { Domain = domain, Recipients = [new OutboundRecipient(new EmailAddress("a", domain))] };
        Assert.Equal(reply, (await bench.SendAsync(message))[0].Reply.ToString());
    }

    [Theory]
    [InlineData("0.0.0.0", 1, "127.0.0.1", true)]
    [InlineData("::", 1, "::1", true)]
    [InlineData("::", 2, "::1", false)]
    [InlineData("::", 1, "192.0.2.77", false)]
    [InlineData("192.0.2.77", 1, "192.0.2.77", true)]
    [InlineData("192.0.2.77", 1, "127.0.0.1", false)]
    public void Our_own_addresses_are_known(string own, int port, string address, bool isOurs) =>
        Assert.Equal(isOurs, new OwnAddresses(TimeProvider.System).Contains([new IPEndPoint(IPAddress.Parse(own), port)], IPAddress.Parse(address), 1));

    [Fact]
    public async Task IPv6_and_IPv4_are_tried_in_turn()
    {
        FakeResolver dns = new FakeResolver().Add("h.example", DnsRecordType.A, "192.0.2.1", "192.0.2.2", "192.0.2.3").Add("h.example", DnsRecordType.AAAA, "2001:db8::1", "::", "1.2.3.4");
        AddressList found = await new HostAddresses(dns).FindAsync("h.example", CancellationToken.None);
        Assert.Equal(4, found.Addresses.Length);
        Assert.Equal("2001:db8::1", found.Addresses[0].ToString());
        Assert.False(found.IsUncertain);
    }

    [Fact]
    public async Task An_address_that_refuses_is_followed_by_the_next()
    {
        await using var peer = new ScriptedPeer();
        await using var bench = new SendingBench(peer);
        bench.Dns.Add("mx.example.org", DnsRecordType.AAAA, "::1");
        OutboundOutcome outcome = await bench.SendAsync();
        Assert.Equal($"mx.example.org[127.0.0.1]:{peer.Port}", outcome.Host);
        Assert.True(outcome.Reply.IsPositive);
    }

    [Fact]
    public async Task IPv6_is_spoken()
    {
        await using var peer = new ScriptedPeer(IPAddress.IPv6Loopback);
        await using var bench = new SendingBench(peer, static options => options with { SourceIPv6 = IPAddress.IPv6Loopback });
        bench.Dns.Add("mx.example.org", DnsRecordType.AAAA, "::1");
        Assert.Equal($"mx.example.org[::1]:{peer.Port}", (await bench.SendAsync()).Host);
    }

    [Fact]
    public async Task Nobody_at_home_is_temporary_and_pauses_the_destination()
    {
        await using var bench = new SendingBench();
        OutboundOutcome outcome = await bench.SendAsync();
        Assert.Equal("451 4.4.1 mx.example.org[127.0.0.1]:1 refuses connections", outcome.Reply.ToString());
        Assert.True(outcome.IsDestinationDown);
    }

    [Fact]
    public async Task A_source_address_that_is_not_ours_is_said()
    {
        await using var peer = new ScriptedPeer();
        await using var bench = new SendingBench(peer, static options => options with { SourceIPv4 = IPAddress.Parse("192.0.2.1") });
        OutboundOutcome outcome = await bench.SendAsync();
        Assert.True(outcome.Reply.IsTransient);
        Assert.Equal(0, peer.Connections);
    }

    [Fact]
    public async Task Hosts_and_addresses_are_bounded()
    {
        await using var peer = new ScriptedPeer { Replies = { ["CONNECT"] = "421 4.3.2 busy" } };
        await using var bench = new SendingBench(peer, static options => options with { MaximumHosts = 3, MaximumAddresses = 5 });
        bench.Dns.Add("example.org", DnsRecordType.MX, [.. Enumerable.Range(0, 50).Select(static i => $"{i} h{i}.example.org")]);
        for (int i = 0; i < 50; i++)
        {
            bench.Dns.Add($"h{i}.example.org", DnsRecordType.A, "127.0.0.1", "127.0.0.1", "127.0.0.1");
        }

        await bench.SendAsync();
        Assert.Equal(5, peer.Connections);
    }

    [Fact]
    public async Task A_relay_that_cannot_be_found_is_temporary()
    {
        await using var bench = new SendingBench(change: static options => options with { Routes = new RouteTable([], new RelayRoute("gone.example", 25)) });
        OutboundOutcome outcome = await bench.SendAsync();
        Assert.Equal(451, outcome.Reply.Code);
        Assert.True(outcome.IsDestinationDown);
        Assert.Equal("gone.example:25", bench.Transport.DestinationOf("example.org"));
    }
}
