using PluginMail.Abstractions;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Greylist;

/// <summary>A sender is known by its client's network and by its domain: neither of them is asked again for what the other one has shown.</summary>
public sealed class OriginTests : GreylistBench
{
    private const string Big = "a@big.example";
    private const string Elsewhere = "198.51.100.7";

    [Theory]
    [InlineData(SenderPolicyResult.TemporaryError, SenderPolicyResult.Pass)] // cold DNS, then warm
    [InlineData(SenderPolicyResult.Pass, SenderPolicyResult.TemporaryError)]
    [InlineData(SenderPolicyResult.None, SenderPolicyResult.Pass)]
    [InlineData(SenderPolicyResult.Pass, SenderPolicyResult.SoftFail)] // a neighbour: it has the network's queue
    public async Task A_retry_counts_whatever_SPF_said_of_the_first_contact(SenderPolicyResult first, SenderPolicyResult retry)
    {
        await using var bench = await StartAsync();
        Policies.Results["big.example"] = first;
        Assert.Contains("300 seconds", await ReplyAsync(bench, Big));
        Policies.Results["big.example"] = retry;
        Pass(TimeSpan.FromMinutes(1));
        Assert.Contains("240 seconds", await ReplyAsync(bench, Big));
        Pass(TimeSpan.FromMinutes(4));
        Assert.Null(await ReplyAsync(bench, Big));
        Policies.Results["big.example"] = first;
        Assert.Null(await ReplyAsync(bench, Big));
    }

    [Fact]
    public async Task A_first_contact_with_SPF_that_takes_too_long_is_known_when_it_is_quick()
    {
        Policies.Hangs = true;
        await using var bench = await StartAsync();
        var asking = ReplyAsync(bench, Big);
        await PluginBench.UntilAsync(() => Policies.Asked == 1, "SPF is asked");
        Pass(TimeSpan.FromSeconds(5));
        Assert.NotNull(await asking.WaitAsync(TimeSpan.FromMinutes(2)));
        Policies.Hangs = false;
        Policies.Results["big.example"] = SenderPolicyResult.Pass;
        Pass(TimeSpan.FromMinutes(6));
        Assert.Null(await ReplyAsync(bench, Big));
        Assert.Null(await ReplyAsync(bench, Big, client: Elsewhere));
    }

    [Fact]
    public async Task What_came_before_SPF_answered_is_known_from_elsewhere_once_it_has()
    {
        await using var bench = await StartAsync();
        Policies.Results["big.example"] = SenderPolicyResult.TemporaryError;
        Assert.NotNull(await ReplyAsync(bench, Big));
        Policies.Results["big.example"] = SenderPolicyResult.Pass;
        Pass(TimeSpan.FromMinutes(1));
        Assert.NotNull(await ReplyAsync(bench, Big));
        Pass(TimeSpan.FromMinutes(1));
        Assert.Contains("180 seconds", await ReplyAsync(bench, Big, client: Elsewhere)); // the first contact is still the first
        Policies.Results["big.example"] = SenderPolicyResult.TemporaryError;
        Pass(TimeSpan.FromMinutes(3));
        Assert.Null(await ReplyAsync(bench, Big, client: Elsewhere));
    }

    [Fact]
    public async Task A_correspondence_that_passed_by_its_domain_is_no_stranger_where_SPF_cannot_be_asked()
    {
        await using var bench = await StartAsync();
        Policies.Results["big.example"] = SenderPolicyResult.Pass;
        await PassOnceAsync(bench, Big);
        Assert.Null(await ReplyAsync(bench, Big, client: Elsewhere));
        Policies.Results["big.example"] = SenderPolicyResult.TemporaryError;
        Assert.Null(await ReplyAsync(bench, Big, client: Elsewhere));
        Assert.NotNull(await ReplyAsync(bench, Big, client: "203.0.113.7")); // it never brought the domain's mail
    }

    [Fact]
    public async Task A_domain_that_waits_no_longer_is_known_where_it_was_when_SPF_cannot_be_asked()
    {
        await using var bench = await StartAsync("client_passes = 1");
        Policies.Results["big.example"] = SenderPolicyResult.Pass;
        await PassOnceAsync(bench, Big);
        Assert.Null(await ReplyAsync(bench, "b@big.example", client: Elsewhere));
        Policies.Results["big.example"] = SenderPolicyResult.TemporaryError;
        Assert.Null(await ReplyAsync(bench, "c@big.example", client: Elsewhere));
        Assert.NotNull(await ReplyAsync(bench, "c@big.example", client: "203.0.113.7"));
        Assert.NotNull(await ReplyAsync(bench, "c@other.example", client: Elsewhere)); // the network itself has shown nothing
        Policies.Results["big.example"] = SenderPolicyResult.Fail;
        Assert.NotNull(await ReplyAsync(bench, "d@big.example", client: Elsewhere));
    }

    [Theory]
    [InlineData(SenderPolicyResult.None)]
    [InlineData(SenderPolicyResult.Fail)]
    [InlineData(SenderPolicyResult.SoftFail)]
    [InlineData(SenderPolicyResult.TemporaryError)]
    public async Task Who_only_claims_a_domain_has_nothing_of_what_it_has_shown(SenderPolicyResult result)
    {
        await using var bench = await StartAsync("client_passes = 1");
        Policies.Results["big.example"] = SenderPolicyResult.Pass;
        Assert.NotNull(await ReplyAsync(bench, Big));
        Pass(TimeSpan.FromMinutes(6));
        Policies.Results["big.example"] = result;
        Assert.Contains("300 seconds", await ReplyAsync(bench, Big, client: Elsewhere));
        Policies.Results["big.example"] = SenderPolicyResult.Pass;
        Assert.Null(await ReplyAsync(bench, Big));
        Policies.Results["big.example"] = result;
        Assert.Contains("300 seconds", await ReplyAsync(bench, Big, client: "203.0.113.7"));
    }

    [Fact]
    public async Task What_is_known_under_both_is_counted_once()
    {
        await using var bench = await StartAsync("new_per_hour = 2\ndelay = \"2m\"\nclient_passes = 0");
        string[] senders = ["x@a.example", "x@b.example", "x@c.example"];
        foreach (string sender in senders)
        {
            Policies.Results[sender[2..]] = SenderPolicyResult.TemporaryError;
            Assert.NotNull(await ReplyAsync(bench, sender));
            Policies.Results[sender[2..]] = SenderPolicyResult.Pass;
            Assert.NotNull(await ReplyAsync(bench, sender));
        }

        Pass(TimeSpan.FromMinutes(3));
        Assert.Null(await ReplyAsync(bench, senders[0]));
        Assert.Null(await ReplyAsync(bench, senders[1], client: Elsewhere));
        Assert.NotNull(await ReplyAsync(bench, senders[2]));
    }

    [Fact]
    public async Task A_network_is_not_remembered_with_more_than_its_own_share_of_a_domains_correspondences()
    {
        await using var bench = await StartAsync("new_per_hour = 1\ndelay = \"2m\"\nclient_passes = 0");
        Policies.Results["big.example"] = SenderPolicyResult.Pass;
        Assert.NotNull(await ReplyAsync(bench, "x@big.example", client: "192.0.2.7"));
        Assert.NotNull(await ReplyAsync(bench, "y@big.example", client: "192.0.3.7"));
        Assert.NotNull(await ReplyAsync(bench, "x@big.example", client: Elsewhere));
        Assert.NotNull(await ReplyAsync(bench, "y@big.example", client: Elsewhere));
        Pass(TimeSpan.FromMinutes(3));
        Policies.Results["big.example"] = SenderPolicyResult.TemporaryError;
        Assert.Null(await ReplyAsync(bench, "x@big.example", client: Elsewhere));
        Assert.NotNull(await ReplyAsync(bench, "y@big.example", client: Elsewhere));
        Policies.Results["big.example"] = SenderPolicyResult.Pass;
        Assert.Null(await ReplyAsync(bench, "y@big.example", client: Elsewhere)); // the domain is known all the same
    }

    [Fact]
    public async Task A_network_that_many_domains_share_waits_no_longer_once_so_many_came_again()
    {
        string[] tenants = ["a@one.example", "a@two.example", "a@three.example", "a@four.example"];
        foreach (string tenant in tenants)
        {
            Policies.Results[tenant[2..]] = SenderPolicyResult.Pass;
        }

        await using var bench = await StartAsync("client_passes = 3");
        foreach (string tenant in tenants[..3])
        {
            await PassOnceAsync(bench, tenant);
            Pass(TimeSpan.FromHours(1));
        }

        Assert.Null(await ReplyAsync(bench, tenants[3]));
        Assert.Null(await ReplyAsync(bench, "a@silent.example")); // one without SPF as well
        Assert.NotNull(await ReplyAsync(bench, tenants[3], client: Elsewhere)); // the domain itself has shown nothing
        Assert.Contains(bench.Plugins.Loggers.Lines, line => line.Text.EndsWith("192.0.2.0/24 has come again 3 times and waits no longer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_retry_is_to_the_credit_of_the_network_and_of_the_domain()
    {
        await using var bench = await StartAsync("client_passes = 1");
        Policies.Results["big.example"] = SenderPolicyResult.Pass;
        await PassOnceAsync(bench, Big);
        Assert.Null(await ReplyAsync(bench, "new@big.example", client: Elsewhere));
        Assert.Null(await ReplyAsync(bench, "new@silent.example"));
        Assert.NotNull(await ReplyAsync(bench, "new@silent.example", client: Elsewhere));
    }
}
