using System.Net;
using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Greylist;

/// <summary>Clients of the Greylist plugin that are trusted by their names in DNS, or for being on this host.</summary>
public sealed class TrustedClientTests : GreylistBench
{
    private const string Pointer = "7.2.0.192.in-addr.arpa";
    private const string Trusted = "trusted_client_names = [\"mail.big.example\", \".Pool.example\"]";

    [Theory]
    [InlineData("mail.big.example.", true)]
    [InlineData("MAIL.big.example.", true)]
    [InlineData("out-7.pool.example.", true)]
    [InlineData("a.b.pool.example.", true)]
    [InlineData("pool.example.", false)] // below it, not itself
    [InlineData("carpool.example.", false)]
    [InlineData("x.mail.big.example.", false)]
    [InlineData("mail.big.example.evil.test.", false)]
    [InlineData("not_a_name.", false)]
    public async Task A_client_is_trusted_by_its_name(string name, bool isTrusted)
    {
        Name(name);
        await using var bench = await StartAsync(Trusted);
        Assert.Equal(isTrusted, await ReplyAsync(bench) is null);
    }

    [Fact]
    public async Task One_of_several_names_is_enough_and_no_other_is_looked_up()
    {
        Names.Records[Pointer] = ["www.shop.test.", "mail.big.example."];
        Names.Records["mail.big.example"] = ["203.0.113.1", Client];
        await using var bench = await StartAsync(Trusted);
        Assert.Null(await ReplyAsync(bench));
        Assert.Equal([Pointer, "mail.big.example"], Names.Asked);
    }

    [Fact]
    public async Task An_IPv6_client_is_trusted_by_its_name()
    {
        Names.Records["1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"] = ["mail.big.example."];
        Names.Records["mail.big.example"] = ["2001:db8:0:0::1"];
        await using var bench = await StartAsync(Trusted);
        Assert.Null(await ReplyAsync(bench, client: "2001:db8::1"));
        Assert.NotNull(await ReplyAsync(bench, client: "2001:db8::2"));
    }

    [Fact]
    public async Task A_name_that_does_not_lead_back_is_anyones_claim()
    {
        Names.Records[Pointer] = ["mail.big.example."];
        Names.Records["mail.big.example"] = ["192.0.2.8"];
        await using var bench = await StartAsync(Trusted);
        Assert.NotNull(await ReplyAsync(bench));
    }

    [Theory]
    [InlineData(Pointer)]
    [InlineData("mail.big.example")]
    public async Task Nobody_is_trusted_for_what_DNS_does_not_say(string name)
    {
        Name("mail.big.example.");
        Names.Failing.Add(name);
        await using var bench = await StartAsync(Trusted);
        Assert.NotNull(await ReplyAsync(bench));
        Names.Failing.Clear();
        Assert.Null(await ReplyAsync(bench));
    }

    [Theory]
    [InlineData(Pointer)]
    [InlineData("mail.big.example")]
    public async Task The_look_up_has_its_time(string name)
    {
        Name("mail.big.example.");
        Names.Silent = name;
        await using var bench = await StartAsync(Trusted + "\nclient_name_time = \"3s\"\nspf = false");
        var asking = ReplyAsync(bench);
        await PluginBench.UntilAsync(() => Names.Asked.Contains(name), "the name is asked for");
        Assert.False(asking.IsCompleted);
        Pass(TimeSpan.FromSeconds(3));
        Assert.NotNull(await asking.WaitAsync(TimeSpan.FromMinutes(2)));
    }

    [Fact]
    public async Task Names_are_not_looked_up_where_none_are_set_or_the_client_passes_anyhow()
    {
        await using (var without = await StartAsync())
        {
            await PassOnceAsync(without);
        }

        await using (var passed = await StartAsync(Trusted))
        {
            Assert.Null(await ReplyAsync(passed)); // the correspondence is known
        }

        await using (var white = await StartAsync(Trusted + "\nclient_passes = 1"))
        {
            Assert.Null(await ReplyAsync(white, "new@sender.example")); // the network is
        }

        await using (var trusted = await StartAsync(Trusted + "\ntrusted_senders = [\"friend.example\"]"))
        {
            Assert.Null(await ReplyAsync(trusted, "x@friend.example"));
        }

        Assert.Empty(Names.Asked);
    }

    [Fact]
    public async Task A_name_is_looked_up_once_a_session_and_nothing_is_noted_of_the_trusted()
    {
        Name("mail.big.example.");
        await using var bench = await StartAsync(Trusted);
        var session = ListBench.Stranger(Client);
        await using (var lease = bench.Plugins.Roles.SessionChecks[0].Begin(session))
        {
            foreach (string to in (string[])["b@example.test", "c@example.test"])
            {
                var answer = await lease.AskAsync(
                    new SessionCheckContext(SessionStages.Recipient, session, TemporaryStore.Address(Sender), true, TemporaryStore.Address(to)), default);
                Assert.Same(Verdict.Pass, answer.Value);
            }
        }

        Assert.Equal([Pointer, "mail.big.example"], Names.Asked);
        Names.Records.Clear();
        Assert.Contains("300 seconds", await ReplyAsync(bench));
    }

    [Theory]
    [InlineData("", "198.51.100.1", "198.51.100.1", true)]
    [InlineData("", "198.51.100.1", "::ffff:198.51.100.1", true)]
    [InlineData("", "2001:db8::1", "2001:db8::1", true)]
    [InlineData("", "198.51.100.1", "198.51.100.2", false)]
    [InlineData("", null, "198.51.100.1", false)]
    [InlineData("trusted_clients = [\"10.0.0.0/8\", \"this_host\"]", "198.51.100.1", "198.51.100.1", true)]
    [InlineData("trusted_clients = [\"10.0.0.0/8\"]", "198.51.100.1", "198.51.100.1", false)]
    public async Task A_client_on_this_host_is_no_stranger(string table, string? local, string remote, bool isTrusted)
    {
        await using var bench = await StartAsync(table);
        var session = new FakeSession
        {
            RemoteEndPoint = new IPEndPoint(IPAddress.Parse(remote), 40_000),
            LocalEndPoint = local is null ? null : new IPEndPoint(IPAddress.Parse(local), 25),
        };
        Assert.Equal(isTrusted, (await bench.AskAsync(SessionStages.Recipient, session, Sender, To)).Decision is Decision.Pass);
    }

    /// <summary>Gives the client a name that leads back to it.</summary>
    private void Name(string name)
    {
        Names.Records[Pointer] = [name];
        Names.Records[name.TrimEnd('.').ToLowerInvariant()] = [Client];
    }
}
