using System.Net;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline.Tests;

public sealed class AccessPolicyTests
{
    [Theory]
    [InlineData("bad@spam.example", true)]
    [InlineData("BAD@SPAM.example", true)]
    [InlineData("other@spam.example", false)]
    [InlineData("x@evil.example", true)]
    [InlineData("x@sub.evil.example", false)]
    [InlineData("x@a.b.wide.example", true)]
    [InlineData("x@wide.example", false)]
    [InlineData("x@notwide.example", false)]
    public void A_sender_is_named_by_address_domain_or_a_domain_above(string sender, bool isNamed)
    {
        var list = new AccessList(["bad@spam.example", "evil.example", ".wide.example"]);
        Assert.Equal(isNamed, list.Find(PipelineBench.Address(sender)) is not null);
        Assert.Null(list.Find((EmailAddress?)null));
    }

    [Theory]
    [InlineData("192.0.2.77", true)]
    [InlineData("::ffff:192.0.2.77", true)]
    [InlineData("192.0.3.1", false)]
    [InlineData("198.51.100.9", true)]
    [InlineData("2001:db8::5", true)]
    [InlineData("2001:db9::5", false)]
    public void A_client_is_named_by_network(string client, bool isNamed)
    {
        var list = new AccessList(["192.0.2.0/24", "198.51.100.9", "2001:db8::/32"]);
        Assert.Equal(isNamed, list.Find(IPAddress.Parse(client)) is not null);
    }

    [Fact]
    public async Task Who_is_always_refused_is_told_so_at_RCPT()
    {
        await using PipelineBench bench = await PipelineBench.OpenAsync();
        bench.Options = bench.Options with { AlwaysRefuse = new AccessList(["elsewhere.test"]) };
        SmtpReply? reply = await OfferAsync(bench, "x@elsewhere.test", "192.0.2.1");
        Assert.Equal("550 5.7.1", $"{reply?.Code} {reply?.Status}");
        Assert.Null(await OfferAsync(bench, "x@other.test", "192.0.2.1"));
        Assert.Null(await OfferAsync(bench, "x@elsewhere.test", "10.0.0.1"));
    }

    [Fact]
    public async Task Who_is_always_accepted_is_spared_greylisting_but_not_other_checks()
    {
        await using PipelineBench bench = await PipelineBench.OpenAsync();
        var later = Verdict.Defer(new SmtpReply(450, null, "later"));
        bench.Roles = RoleSet.Empty with
        {
            SessionChecks = [new FakeSessionRole("greylist", SessionStages.Connect | SessionStages.Recipient, _ => later)],
        };
        bench.Options = bench.Options with { AlwaysAccept = new AccessList(["friend.test"]), AlwaysRefuse = new AccessList(["friend.test"]) };
        Assert.Equal(450, (await OfferAsync(bench, "x@elsewhere.test", "192.0.2.1"))?.Code);
        Assert.Null(await OfferAsync(bench, "x@friend.test", "192.0.2.1"));
        bench.Roles = RoleSet.Empty with { SessionChecks = [new FakeSessionRole("other", SessionStages.Recipient, _ => later)] };
        Assert.Equal(450, (await OfferAsync(bench, "x@friend.test", "192.0.2.1"))?.Code);
    }

    private static async Task<SmtpReply?> OfferAsync(PipelineBench bench, string sender, string address)
    {
        await using IMailSession session = bench.Open(address: address);
        await session.ConnectAsync(default);
        await session.GreetAsync("client.elsewhere.test", extended: true, default);
        Assert.Null(await session.SenderAsync(PipelineBench.Address(sender), PipelineBench.Plain, default));
        return await session.RecipientAsync(PipelineBench.Address("anna@example.test"), default);
    }
}
