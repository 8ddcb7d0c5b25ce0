using System.Net;
using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Greylist;

/// <summary>The Greylist plugin: who waits, how long, and what is kept of it.</summary>
public sealed class GreylistTests : GreylistBench
{
    [Fact]
    public async Task The_first_contact_is_told_how_long_to_wait_and_the_retry_passes()
    {
        await using var bench = await StartAsync();
        Assert.Equal("451 4.7.1 Greylisted; please try again in 300 seconds", await ReplyAsync(bench));
        Pass(TimeSpan.FromSeconds(100));
        Assert.Equal("451 4.7.1 Greylisted; please try again in 200 seconds", await ReplyAsync(bench));
        Pass(TimeSpan.FromSeconds(199));
        Assert.Equal("451 4.7.1 Greylisted; please try again in 1 seconds", await ReplyAsync(bench)); // an early retry does not begin anew
        Pass(TimeSpan.FromSeconds(1));
        Assert.Null(await ReplyAsync(bench));
        Assert.Null(await ReplyAsync(bench));
    }

    [Fact]
    public async Task A_retry_is_awaited_for_so_long()
    {
        await using var bench = await StartAsync("retry_window = \"4h\"");
        Assert.NotNull(await ReplyAsync(bench));
        Pass(TimeSpan.FromHours(4));
        Assert.Contains("300 seconds", await ReplyAsync(bench)); // too late: the first time again
        Pass(TimeSpan.FromHours(4) - TimeSpan.FromSeconds(1));
        Assert.Null(await ReplyAsync(bench));
    }

    [Fact]
    public async Task Who_passed_stays_white_for_so_long_since_the_last_time()
    {
        await using var bench = await StartAsync("white_for = \"30d\"");
        await PassOnceAsync(bench);
        for (int i = 0; i < 3; i++)
        {
            Pass(TimeSpan.FromDays(29));
            Assert.Null(await ReplyAsync(bench));
        }

        Pass(TimeSpan.FromDays(30));
        Assert.NotNull(await ReplyAsync(bench));
    }

    [Theory]
    [InlineData("192.0.2.99", true)]
    [InlineData("192.0.3.7", false)]
    [InlineData("::ffff:192.0.2.8", true)]
    public async Task A_client_is_known_by_its_network(string retry, bool isKnown)
    {
        await using var bench = await StartAsync();
        Assert.NotNull(await ReplyAsync(bench));
        Pass(TimeSpan.FromMinutes(6));
        Assert.Equal(isKnown, await ReplyAsync(bench, client: retry) is null);
    }

    [Theory]
    [InlineData("", "2001:db8:0:1::1", "2001:db8:0:1:ffff::", true)]
    [InlineData("", "2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    [InlineData("network_v6 = 60", "2001:db8:0:1::1", "2001:db8:0:2::1", true)]
    [InlineData("network_v4 = 32", "192.0.2.7", "192.0.2.8", false)]
    [InlineData("network_v4 = 23", "192.0.2.7", "192.0.3.8", true)]
    public async Task How_large_the_network_is_can_be_set(string table, string first, string retry, bool isKnown)
    {
        await using var bench = await StartAsync(table);
        Assert.NotNull(await ReplyAsync(bench, client: first));
        Pass(TimeSpan.FromMinutes(6));
        Assert.Equal(isKnown, await ReplyAsync(bench, client: retry) is null);
    }

    [Theory]
    [InlineData("a@sender.example", "A@SENDER.example", true)]
    [InlineData("a@sender.example", "c@sender.example", false)]
    [InlineData("list-bounces+b=example.test@x.example", "list-bounces+c=example.test@x.example", true)]
    [InlineData("bounce-123-4567@x.example", "bounce-99-1@x.example", true)]
    [InlineData("m4@x.example", "m5@x.example", false)]
    [InlineData("0102018f3a-9e1c@x.example", "0102018f77-1111@x.example", false)] // 9e1c is too short to be told from a word
    [InlineData("0102018f3a@x.example", "0102018f77@x.example", true)]
    [InlineData("prvs=1234aabbcc=bob@x.example", "prvs=5678ddeeff=bob@x.example", true)]
    [InlineData("prvs=1234aabbcc=bob@x.example", "bob@x.example", true)]
    [InlineData("prvs=1234aabbcc=bob@x.example", "prvs=1234aabbcc=eve@x.example", false)]
    [InlineData("msprvs1=17000abc=bounces@x.example", "msprvs1=18000def=bounces@x.example", true)]
    [InlineData("SRS0=abcd=XY=origin.example=bob@fwd.example", "SRS0=efgh=ZZ=origin.example=bob@fwd.example", true)]
    [InlineData("SRS0=abcd=XY=origin.example=bob@fwd.example", "SRS0=abcd=XY=origin.example=eve@fwd.example", false)]
    [InlineData("SRS1=ab=f.example==cd=XY=o.example=bob@g.example", "SRS1=zz=f.example==yy=AB=o.example=bob@g.example", true)]
    public async Task A_sender_is_known_whatever_its_address_is_for_this_message(string first, string retry, bool isKnown)
    {
        await using var bench = await StartAsync();
        Assert.NotNull(await ReplyAsync(bench, first));
        Pass(TimeSpan.FromMinutes(6));
        Assert.Equal(isKnown, await ReplyAsync(bench, retry) is null);
    }

    [Fact]
    public async Task Each_recipient_waits_by_itself_and_the_null_sender_like_any_other()
    {
        await using var bench = await StartAsync();
        await PassOnceAsync(bench);
        Assert.NotNull(await ReplyAsync(bench, to: "c@example.test"));
        Assert.NotNull(await ReplyAsync(bench, sender: ""));
        Pass(TimeSpan.FromMinutes(6));
        Assert.Null(await ReplyAsync(bench, sender: ""));
    }

    [Fact]
    public async Task A_network_that_came_again_often_enough_waits_no_longer()
    {
        await using var bench = await StartAsync("client_passes = 3");
        for (int i = 0; i < 3; i++)
        {
            Assert.NotNull(await ReplyAsync(bench, $"user{i}@sender.example"));
            Pass(TimeSpan.FromMinutes(6));
            Assert.Null(await ReplyAsync(bench, $"user{i}@sender.example"));
            Assert.Null(await ReplyAsync(bench, $"user{i}@sender.example")); // the same does not count twice
            Pass(TimeSpan.FromHours(1));
        }

        Assert.Null(await ReplyAsync(bench, "new@sender.example"));
        Assert.NotNull(await ReplyAsync(bench, "new@sender.example", client: "198.51.100.7"));
        Assert.Null(await ReplyAsync(bench, "other@elsewhere.example", client: "192.0.2.200"));
        Pass(TimeSpan.FromDays(36));
        Assert.NotNull(await ReplyAsync(bench, "new@sender.example"));
    }

    [Fact]
    public async Task One_message_to_many_recipients_is_one_retry()
    {
        await using var bench = await StartAsync("client_passes = 2");
        string[] recipients = [.. Enumerable.Range(0, 5).Select(i => $"user{i}@example.test")];
        Assert.All(await Task.WhenAll(recipients.Select(to => ReplyAsync(bench, to: to))), Assert.NotNull);
        Pass(TimeSpan.FromMinutes(6));
        Assert.All(await Task.WhenAll(recipients.Select(to => ReplyAsync(bench, to: to))), Assert.Null);
        Assert.NotNull(await ReplyAsync(bench, "new@sender.example"));
        Pass(TimeSpan.FromHours(1));
        Assert.Null(await ReplyAsync(bench, "new@sender.example"));
        Assert.Null(await ReplyAsync(bench, "third@sender.example")); // the second that counts
    }

    [Fact]
    public async Task Without_client_passes_each_correspondence_waits()
    {
        await using var bench = await StartAsync("client_passes = 0");
        await PassOnceAsync(bench);
        Assert.NotNull(await ReplyAsync(bench, "new@sender.example"));
    }

    [Fact]
    public async Task A_domain_that_vouches_for_its_clients_stands_for_their_networks()
    {
        Policies.Results["big.example"] = SenderPolicyResult.Pass;
        await using var bench = await StartAsync("client_passes = 2");
        Assert.NotNull(await ReplyAsync(bench, "a@big.example", client: "192.0.2.7"));
        Pass(TimeSpan.FromMinutes(6));
        Assert.Null(await ReplyAsync(bench, "a@BIG.example", client: "198.51.100.7"));
        Assert.NotNull(await ReplyAsync(bench, "b@big.example", client: "203.0.113.7"));
        Pass(TimeSpan.FromHours(1));
        Assert.Null(await ReplyAsync(bench, "b@big.example", client: "2001:db8::7"));
        Assert.Null(await ReplyAsync(bench, "new@big.example", client: "203.0.114.7")); // two have passed
        Policies.Results["big.example"] = SenderPolicyResult.Fail;
        Assert.NotNull(await ReplyAsync(bench, "new@big.example", client: "203.0.114.7")); // who only claims to be of the domain waits
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.7", "198.51.100.7")] // v=spf1 +all
    [InlineData("100.64.0.1", "192.0.2.7", "198.51.100.7")] // v=spf1 ip4:64.0.0.0/2
    [InlineData("2001:db8::1", "2001:db8:1::7", "2001:db8:2::7")]
    public async Task A_domain_that_vouches_for_everybody_stands_for_nobody(string nobody, string first, string retry)
    {
        Policies.Results["spam.example"] = SenderPolicyResult.Pass;
        Policies.Nobodies.Remove(nobody);
        await using var bench = await StartAsync();
        Assert.NotNull(await ReplyAsync(bench, "a@spam.example", client: first));
        Pass(TimeSpan.FromMinutes(6));
        Assert.NotNull(await ReplyAsync(bench, "a@spam.example", client: retry));
        Assert.Null(await ReplyAsync(bench, "a@spam.example", client: first));
    }

    [Theory]
    [InlineData(SenderPolicyResult.None)]
    [InlineData(SenderPolicyResult.Neutral)]
    [InlineData(SenderPolicyResult.SoftFail)]
    [InlineData(SenderPolicyResult.TemporaryError)]
    public async Task A_domain_that_does_not_vouch_stands_for_nobody(SenderPolicyResult result)
    {
        Policies.Results["big.example"] = result;
        await using var bench = await StartAsync();
        Assert.NotNull(await ReplyAsync(bench, "a@big.example", client: "192.0.2.7"));
        Pass(TimeSpan.FromMinutes(6));
        Assert.NotNull(await ReplyAsync(bench, "a@big.example", client: "198.51.100.7"));
        Assert.Null(await ReplyAsync(bench, "a@big.example", client: "192.0.2.8"));
    }

    [Fact]
    public async Task SPF_is_asked_once_a_sender_and_not_where_it_is_off()
    {
        await using var bench = await StartAsync();
        var role = bench.Plugins.Roles.SessionChecks[0];
        var session = ListBench.Stranger(Client);
        await using (var lease = role.Begin(session))
        {
            foreach (string to in (string[])["b@example.test", "c@example.test", "d@example.test"])
            {
                await lease.AskAsync(
                    new SessionCheckContext(SessionStages.Recipient, session, TemporaryStore.Address(Sender), true, TemporaryStore.Address(to)), default);
            }
        }

        Assert.Equal(1, Policies.Asked);
        await using var without = await StartAsync("spf = false");
        Assert.NotNull(await ReplyAsync(without));
        Assert.Equal(1, Policies.Asked);
    }

    [Fact]
    public async Task SPF_that_takes_too_long_is_as_if_it_had_not_passed()
    {
        Policies.Hangs = true;
        await using var bench = await StartAsync();
        var asking = ReplyAsync(bench);
        await PluginBench.UntilAsync(() => Policies.Asked == 1, "SPF is asked");
        Pass(TimeSpan.FromSeconds(5));
        Assert.NotNull(await asking.WaitAsync(TimeSpan.FromMinutes(2)));
    }

    [Theory]
    [InlineData("trusted_clients = [\"192.0.2.0/28\"]")]
    [InlineData("trusted_clients = [\"192.0.2.7\"]")]
    [InlineData("trusted_senders = [\"a@Sender.example\"]")]
    [InlineData("trusted_senders = [\"sender.example\"]")]
    [InlineData("trusted_senders = [\".example\"]")]
    [InlineData("trusted_recipients = [\"b@\"]")]
    [InlineData("trusted_recipients = [\"example.test\"]")]
    public async Task The_trusted_do_not_wait(string table)
    {
        await using var bench = await StartAsync(table);
        Assert.Null(await ReplyAsync(bench));
        Assert.NotNull(await ReplyAsync(bench, "x@other.test", "c@example.org", "192.0.2.77"));
    }

    [Theory]
    [InlineData("127.0.0.1", "smtp", Direction.Incoming)]
    [InlineData("192.0.2.7", "smtp", Direction.Outgoing)]
    [InlineData("192.0.2.7", "submission", Direction.Incoming)]
    public async Task Who_is_no_stranger_does_not_wait(string address, string protocol, Direction direction)
    {
        await using var bench = await StartAsync();
        var session = new FakeSession { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 1), Protocol = protocol, Direction = direction };
        Assert.Same(Verdict.Pass, await bench.AskAsync(SessionStages.Recipient, session, Sender, To));
    }

    [Fact]
    public async Task Postmaster_is_always_reached()
    {
        await using var bench = await StartAsync();
        Assert.Null(await ReplyAsync(bench, to: "Postmaster@example.test"));
    }

    [Fact]
    public async Task Two_servers_on_one_store_and_a_new_version_know_the_same()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        Assert.NotNull(await ReplyAsync(one));
        Pass(TimeSpan.FromMinutes(6));
        Assert.Null(await ReplyAsync(other));
        Assert.Null(await other.Plugins.Host.ReloadAsync("greylist", CancellationToken.None));
        Assert.Null(await ReplyAsync(other));
    }

    [Fact]
    public async Task Many_at_once_are_one_first_contact_and_pass_together()
    {
        await using var bench = await StartAsync("client_passes = 2");
        var first = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ReplyAsync(bench)));
        Assert.All(first, reply => Assert.NotNull(reply));
        Pass(TimeSpan.FromMinutes(6));
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ReplyAsync(bench))), Assert.Null);
        Assert.NotNull(await ReplyAsync(bench, "new@sender.example")); // twenty times the same passed once
    }

    [Fact]
    public async Task The_longest_addresses_make_no_longer_keys()
    {
        await using var bench = await StartAsync();
        string local = new('ü', 60);
        Assert.NotNull(await ReplyAsync(bench, $"{local}@{string.Join('.', Enumerable.Repeat(new string('d', 60), 4))}", $"{local}@example.test"));
    }

    [Fact]
    public async Task Of_the_addresses_that_a_network_makes_up_only_so_many_are_remembered_an_hour()
    {
        await using var bench = await StartAsync("new_per_hour = 2\ndelay = \"1m\"\nclient_passes = 0");
        string[] senders = ["one@sender.example", "two@sender.example", "three@sender.example"];
        foreach (string sender in senders)
        {
            Assert.Contains("60 seconds", await ReplyAsync(bench, sender));
        }

        Assert.NotNull(await ReplyAsync(bench, senders[2], client: "198.51.100.7")); // another network has a count of its own
        Pass(TimeSpan.FromMinutes(2));
        Assert.Null(await ReplyAsync(bench, senders[0]));
        Assert.Null(await ReplyAsync(bench, senders[1]));
        Assert.Contains("60 seconds", await ReplyAsync(bench, senders[2])); // it is not known that it came
        Assert.Null(await ReplyAsync(bench, senders[2], client: "198.51.100.7"));
        Pass(TimeSpan.FromHours(1));
        Assert.NotNull(await ReplyAsync(bench, senders[2]));
        Pass(TimeSpan.FromMinutes(2));
        Assert.Null(await ReplyAsync(bench, senders[2]));
    }

    [Fact]
    public async Task A_domain_that_vouches_does_not_add_to_how_many_are_remembered()
    {
        foreach (string domain in (string[])["a.example", "b.example", "c.example"])
        {
            Policies.Results[domain] = SenderPolicyResult.Pass;
        }

        await using var bench = await StartAsync("new_per_hour = 2\ndelay = \"1m\"");
        Assert.NotNull(await ReplyAsync(bench, "x@a.example"));
        Assert.NotNull(await ReplyAsync(bench, "x@b.example"));
        Assert.NotNull(await ReplyAsync(bench, "x@c.example"));
        Pass(TimeSpan.FromMinutes(2));
        Assert.Null(await ReplyAsync(bench, "x@b.example"));
        Assert.NotNull(await ReplyAsync(bench, "x@c.example"));
    }

    [Theory]
    [InlineData("new_per_hour = 0", "new_per_hour")]
    [InlineData("delay = \"0s\"", "delay")]
    [InlineData("delay = \"2h\"\nretry_window = \"1h\"", "retry_window")]
    [InlineData("white_for = \"2000d\"", "white_for")]
    [InlineData("network_v4 = 33", "network_v4")]
    [InlineData("trusted_senders = [\"a b@c\"]", "trusted_senders")]
    [InlineData("trusted_clients = [\"example.org\"]", "trusted_clients")]
    [InlineData("trusted_client_names = [\"192.0.2.7\"]", "trusted_client_names")]
    [InlineData("trusted_client_names = [\".com\"]", "trusted_client_names")]
    [InlineData("client_name_time = \"2m\"", "client_name_time")]
    [InlineData("retry = \"1h\"", "retry")]
    public async Task A_wrong_table_is_told(string table, string told) =>
        Assert.Contains(await ListBench.ErrorsAsync("greylist", table), error => error.Contains(told, StringComparison.Ordinal));
}
