using System.Net;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline.Tests;

/// <summary>The access table: which rule is the first, and what follows from it.</summary>
public sealed class AccessTableTests
{
    private static readonly Verdict Later = Verdict.Defer(new SmtpReply(450, null, "later"));

    [Theory]
    [InlineData("192.0.2.9", 1)]
    [InlineData("192.0.2.7", 0)]
    [InlineData("::ffff:192.0.2.7", 0)]
    [InlineData("10.200.0.1", 3)]
    [InlineData("2001:db8::1", 2)]
    [InlineData("2001:db9::1", -1)]
    [InlineData("11.0.0.1", -1)]
    public void The_first_network_in_the_lists_order_counts(string client, int index)
    {
        var patterns = new AccessPatterns(["192.0.2.7", "192.0.2.0/24", "2001:db8::/32", "10.0.0.0/8", "10.200.0.0/16"]);
        Assert.Equal(index, patterns.Find(IPAddress.Parse(client)));
    }

    [Fact]
    public void All_networks_of_a_family_are_of_that_family_alone()
    {
        Assert.Equal(0, new AccessPatterns(["0.0.0.0/0"]).Find(IPAddress.Parse("192.0.2.1")));
        Assert.Equal(-1, new AccessPatterns(["0.0.0.0/0"]).Find(IPAddress.Parse("2001:db8::1")));
        Assert.Equal(-1, new AccessPatterns(["::/0"]).Find(IPAddress.Parse("::ffff:192.0.2.1")));
    }

    [Theory]
    [InlineData("boss@wide.example", 0)]
    [InlineData("list@any.example", 1)]
    [InlineData("x@Sub.Wide.example", 2)]
    [InlineData("x@wide.example", 3)]
    [InlineData("x@notwide.example", -1)]
    public void The_first_name_in_the_lists_order_counts(string address, int index) =>
        Assert.Equal(index, new AccessPatterns(["boss@wide.example", "list@", ".wide.example", "wide.example"]).Find(PipelineBench.Address(address)));

    [Fact]
    public void The_null_sender_has_a_name() => Assert.Equal(1, new AccessPatterns(["a.example", "<>"]).Find((EmailAddress?)null));

    [Fact]
    public async Task A_refused_client_reads_the_administrators_words_and_the_trace_names_the_rule()
    {
        await using PipelineBench bench = await OpenAsync(
            Rule("bad nets", AccessAction.Refuse, "554 5.7.0 not from there", (AccessSubject.Client, ["192.0.2.0/24"])));
        SmtpReply? reply = await OfferAsync(bench);
        Assert.StartsWith("554 5.7.0 not from there (", reply!.ToString(), StringComparison.Ordinal);
        TraceEntry entry = bench.Traces.All[^1].Entries[^1];
        Assert.Equal(("access bad nets", "refuse"), (entry.Role, entry.Decision));
        Assert.Contains("client 192.0.2.0/24", entry.Detail, StringComparison.Ordinal);
        Assert.Null(await OfferAsync(bench, client: "198.51.100.1"));
    }

    [Fact]
    public async Task Greeting_and_sender_decide_together()
    {
        await using PipelineBench bench = await OpenAsync(
            Rule("both", AccessAction.Defer, "", (AccessSubject.Hello, ["client.elsewhere.test"]), (AccessSubject.Sender, ["elsewhere.test"])));
        Assert.Equal("450 4.7.1", Codes(await OfferAsync(bench)));
        Assert.Null(await OfferAsync(bench, sender: "x@other.test"));
    }

    [Fact]
    public async Task A_class_of_recipients_is_for_some_clients_only()
    {
        await using PipelineBench bench = await OpenAsync(
            Rule("staff", AccessAction.Permit, "", (AccessSubject.Recipient, ["anna@example.test"]), (AccessSubject.Client, ["198.51.100.0/24"])),
            Rule("others", AccessAction.Refuse, "", (AccessSubject.Recipient, ["anna@example.test"])));
        Assert.Null(await OfferAsync(bench, client: "198.51.100.1"));
        Assert.Equal("550 5.7.1", Codes(await OfferAsync(bench)));
        Assert.Null(await OfferAsync(bench, recipient: "bob@example.test"));
    }

    [Fact]
    public async Task A_recipient_that_all_may_reach_is_reached_by_those_who_are_refused_otherwise()
    {
        await using PipelineBench bench = await OpenAsync(
            Rule("postmaster", AccessAction.Permit, "", (AccessSubject.Recipient, ["postmaster@"])),
            Rule("nets", AccessAction.Refuse, "", (AccessSubject.Client, ["192.0.2.0/24"])));
        bench.Options = bench.Options with { AlwaysRefuse = new AccessList(["192.0.2.0/24"]) };
        bench.Roles = RoleSet.Empty with { SessionChecks = [new FakeSessionRole("dnsbl", SessionStages.Connect, _ => Later)] };
        Assert.Null(await OfferAsync(bench, recipient: "postmaster@example.test"));
        Assert.Equal("550 5.7.1", Codes(await OfferAsync(bench)));
    }

    [Fact]
    public async Task Permitted_recipients_alone_are_spared_greylisting()
    {
        await using PipelineBench bench = await OpenAsync(Rule("no delay", AccessAction.Permit, "", (AccessSubject.Recipient, ["anna@example.test"])));
        bench.Roles = RoleSet.Empty with
        {
            SessionChecks = [new FakeSessionRole("greylist", SessionStages.Recipient, _ => Later)],
        };
        await using IMailSession session = await BeginAsync(bench, "x@elsewhere.test", "192.0.2.1");
        Assert.Null(await session.RecipientAsync(PipelineBench.Address("anna@example.test"), default));
        Assert.Equal(450, (await session.RecipientAsync(PipelineBench.Address("bob@example.test"), default))?.Code);
    }

    [Fact]
    public async Task What_is_discarded_for_one_recipient_reaches_the_others()
    {
        await using PipelineBench bench = await OpenAsync(Rule("gone", AccessAction.Discard, "", (AccessSubject.Recipient, ["bob@example.test"])));
        Assert.True((await bench.SendAsync("Subject: a\r\n\r\n", to: ["anna@example.test", "bob@example.test"])).Transaction.IsPositive);
        Assert.Equal("anna@example.test", string.Join(',', bench.Delivery.Taken[^1].Request.Envelope.Recipients));
    }

    [Fact]
    public async Task A_sender_is_held_or_discarded_with_the_whole_message()
    {
        await using PipelineBench bench = await OpenAsync(
            Rule("look at", AccessAction.Hold, "odd sender", (AccessSubject.Sender, ["elsewhere.test"])),
            Rule("away", AccessAction.Discard, "", (AccessSubject.Sender, ["other.test"])));
        Assert.True((await bench.SendAsync("Subject: a\r\n\r\n")).Transaction.IsPositive);
        Assert.Equal("odd sender", bench.Delivery.Taken[^1].Request.HoldReason);
        int taken = bench.Delivery.Taken.Count;
        Assert.True((await bench.SendAsync("Subject: a\r\n\r\n", from: "x@other.test")).Transaction.IsPositive);
        Assert.Equal(taken, bench.Delivery.Taken.Count);
    }

    [Fact]
    public async Task Lines_of_a_list_say_what_they_say_and_pass_leads_to_the_next_rule()
    {
        AccessEntry[] lines =
        [
            new("192.0.2.5", "list.txt:1", AccessAction.Pass),
            new("192.0.2.0/24", "list.txt:2", AccessAction.Refuse, "by line"),
            new("198.51.100.0/24", "list.txt:3"),
        ];
        var rule = new AccessRule("list", AccessAction.Defer, "by rule", [new AccessCondition(AccessSubject.Client, lines)]);
        await using PipelineBench bench = await OpenAsync(rule);
        Assert.Null(await OfferAsync(bench, client: "192.0.2.5"));
        Assert.StartsWith("550 5.7.1 by line", (await OfferAsync(bench, client: "192.0.2.6"))!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("450 4.7.1 by rule", (await OfferAsync(bench, client: "198.51.100.6"))!.ToString(), StringComparison.Ordinal);
        Assert.Contains("list.txt:3", bench.Traces.All[^1].Entries[^1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logins_and_relay_networks_are_not_concerned()
    {
        await using PipelineBench bench = await OpenAsync(Rule("all", AccessAction.Refuse, "", (AccessSubject.Client, ["0.0.0.0/0"])));
        Assert.Null(await OfferAsync(bench, client: "10.0.0.1"));
        await using IMailSession session = bench.Open("submission");
        await session.GreetAsync("client", extended: true, default);
        await session.AuthenticatedAsync(PipelineBench.Address("anna@example.test"), default);
        Assert.Null(await session.SenderAsync(PipelineBench.Address("anna@example.test"), PipelineBench.Plain, default));
        Assert.Null(await session.RecipientAsync(PipelineBench.Address("bob@example.test"), default));
    }

    [Fact]
    public void A_long_list_is_asked_quickly()
    {
        string[] networks = [.. Enumerable.Range(0, 200_000).Select(i => $"{i >> 16}.{(i >> 8) & 255}.{i & 255}.0/{24 + (i % 8)}")];
        var patterns = new AccessPatterns(networks.Where(text => IPNetwork.TryParse(text, out _)));
        Assert.Equal(-1, patterns.Find(IPAddress.Parse("203.0.113.1")));
        Assert.True(patterns.Find(IPAddress.Parse("1.2.3.0")) >= 0);
    }

    private static AccessRule Rule(string name, AccessAction action, string text, params (AccessSubject Of, string[] Patterns)[] conditions) => new(
        name, action, text, [.. conditions.Select(of => new AccessCondition(of.Of, [.. of.Patterns.Select(pattern => new AccessEntry(pattern))]))]);

    private static string Codes(SmtpReply? reply) => $"{reply?.Code} {reply?.Status}";

    private static async Task<PipelineBench> OpenAsync(params AccessRule[] rules)
    {
        PipelineBench bench = await PipelineBench.OpenAsync();
        bench.Options = bench.Options with { Access = new AccessTable(rules) };
        return bench;
    }

    private static async Task<IMailSession> BeginAsync(PipelineBench bench, string sender, string client)
    {
        IMailSession session = bench.Open(address: client);
        await session.ConnectAsync(default);
        await session.GreetAsync("client.elsewhere.test", extended: true, default);
        Assert.Null(await session.SenderAsync(PipelineBench.Address(sender), PipelineBench.Plain, default));
        return session;
    }

    private static async Task<SmtpReply?> OfferAsync(
        PipelineBench bench, string sender = "x@elsewhere.test", string client = "192.0.2.1", string recipient = "anna@example.test")
    {
        await using IMailSession session = await BeginAsync(bench, sender, client);
        return await session.RecipientAsync(PipelineBench.Address(recipient), default);
    }
}
