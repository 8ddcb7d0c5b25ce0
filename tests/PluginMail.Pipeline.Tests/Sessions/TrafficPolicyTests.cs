using PluginMail.Abstractions;

namespace PluginMail.Pipeline.Tests;

public sealed class TrafficPolicyTests
{
    [Fact]
    public async Task Messages_a_minute_of_one_address_are_put_off_at_RCPT_and_taken_later()
    {
        await using PipelineBench bench = await OpenAsync(new TrafficOptions { MessagesPerMinute = 2 });
        Assert.Null(await OfferAsync(bench));
        Assert.Null(await OfferAsync(bench));
        SmtpReply? excess = await OfferAsync(bench);
        Assert.Equal("450 4.7.1", $"{excess?.Code} {excess?.Status}");
        Assert.Null(await OfferAsync(bench, address: "192.0.2.2"));
        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(await OfferAsync(bench));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    public async Task Loopback_and_relay_networks_are_not_counted(string address)
    {
        await using PipelineBench bench = await OpenAsync(new TrafficOptions { MessagesPerMinute = 1, UnknownRecipients = 1 });
        Assert.Null(await OfferAsync(bench, address: address));
        Assert.Null(await OfferAsync(bench, address: address));
    }

    [Fact]
    public async Task One_customer_of_IPv6_is_one_address()
    {
        await using PipelineBench bench = await OpenAsync(new TrafficOptions { MessagesPerMinute = 1 });
        Assert.Null(await OfferAsync(bench, address: "2001:db8::1"));
        Assert.Equal(450, (await OfferAsync(bench, address: "2001:db8::2"))?.Code);
        Assert.Null(await OfferAsync(bench, address: "2001:db8:0:1::1"));
    }

    [Fact]
    public async Task An_account_that_sends_too_much_is_contained_and_the_administrator_told()
    {
        await using PipelineBench bench = await OpenAsync(new TrafficOptions { RecipientsPerHour = 3 });
        string[] three = ["a@x.example", "b@x.example", "c@x.example"];
        Assert.All(await RecipientsAsync(bench, "anna@example.test", three), Assert.Null);
        SmtpReply?[] more = await RecipientsAsync(bench, "anna@example.test", ["d@x.example", "bob@example.test"]);
        Assert.All(more, reply => Assert.Equal("450 4.7.1", $"{reply?.Code} {reply?.Status}"));
        Assert.Contains("anna@example.test", Assert.Single(bench.Alerts.Subjects.Distinct()), StringComparison.Ordinal);
        Assert.All(await RecipientsAsync(bench, "bob@example.test", three), Assert.Null);
        bench.Clock.Advance(TimeSpan.FromHours(2));
        Assert.All(await RecipientsAsync(bench, "anna@example.test", three), Assert.Null);
    }

    [Fact]
    public async Task An_account_has_its_own_limit()
    {
        await using PipelineBench bench = await OpenAsync(new TrafficOptions { RecipientsPerHour = 1 });
        bench.Router.Limits[PipelineBench.Address("anna@example.test")] = 2;
        SmtpReply?[] replies = await RecipientsAsync(bench, "anna@example.test", ["a@x.example", "b@x.example", "c@x.example"]);
        Assert.Equal([null, null, 450], replies.Select(reply => reply?.Code));
        Assert.Equal([null, 450], (await RecipientsAsync(bench, "bob@example.test", ["a@x.example", "b@x.example"])).Select(reply => reply?.Code));
    }

    [Fact]
    public async Task Who_guesses_addresses_waits_and_is_sent_away()
    {
        var options = new TrafficOptions { UnknownRecipients = 2, UnknownRecipientDelay = TimeSpan.FromSeconds(3) };
        await using PipelineBench bench = await OpenAsync(options);
        await using IMailSession session = bench.Open();
        await session.GreetAsync("client.elsewhere.test", extended: true, default);
        Assert.Null(await session.SenderAsync(PipelineBench.Address("x@elsewhere.test"), PipelineBench.Plain, default));
        bench.Router.Kinds["no@example.test"] = RecipientKind.Unknown;
        var codes = new List<int>();
        int late = 0;
        for (int i = 0; i < 7; i++)
        {
            Task<SmtpReply?> answer = session.RecipientAsync(PipelineBench.Address("no@example.test"), default).AsTask();
            if (!answer.IsCompleted)
            {
                late++;
                bench.Clock.Advance(TimeSpan.FromSeconds(3));
            }

            codes.Add((await answer)!.Code);
        }

        Assert.Equal([550, 550, 550, 550, 550, 550, 421], codes);
        Assert.Equal(5, late);
        Assert.Null(await session.RecipientAsync(PipelineBench.Address("anna@example.test"), default));
    }

    private static async Task<PipelineBench> OpenAsync(TrafficOptions traffic)
    {
        PipelineBench bench = await PipelineBench.OpenAsync();
        bench.Options = bench.Options with { Traffic = traffic };
        return bench;
    }

    private static async Task<SmtpReply?> OfferAsync(PipelineBench bench, string address = "192.0.2.1")
    {
        await using IMailSession session = bench.Open(address: address);
        await session.GreetAsync("client.elsewhere.test", extended: true, default);
        Assert.Null(await session.SenderAsync(PipelineBench.Address("x@elsewhere.test"), PipelineBench.Plain, default));
        return await session.RecipientAsync(PipelineBench.Address("anna@example.test"), default);
    }

    private static async Task<SmtpReply?[]> RecipientsAsync(PipelineBench bench, string account, string[] recipients)
    {
        await using IMailSession session = bench.Open("submission");
        await session.GreetAsync("client.elsewhere.test", extended: true, default);
        await session.AuthenticatedAsync(PipelineBench.Address(account), default);
        Assert.Null(await session.SenderAsync(PipelineBench.Address(account), PipelineBench.Plain, default));
        var replies = new List<SmtpReply?>();
        foreach (string recipient in recipients)
        {
            replies.Add(await session.RecipientAsync(PipelineBench.Address(recipient), default));
        }

        return [.. replies];
    }
}
