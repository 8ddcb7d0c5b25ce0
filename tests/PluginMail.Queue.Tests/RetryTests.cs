using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;
using PluginMail.Testing;

namespace PluginMail.Queue.Tests;

/// <summary>Attempts, their times, and their ends.</summary>
public sealed class RetryTests
{
    [Fact]
    public async Task What_can_be_delivered_leaves_the_queue()
    {
        await using QueueBench bench = await QueueBench.OpenAsync();
        await bench.EnqueueAsync("x@elsewhere.test", null, "anna", "bob");
        string id = Assert.Single(await bench.Mail.QueueAsync()).TransactionId;
        Assert.Equal(1, await bench.RunAsync());
        Assert.Single(await bench.Mail.ReadAsync("anna"));
        Assert.Single(await bench.Mail.ReadAsync("bob"));
        Assert.Empty(await bench.Mail.QueueAsync());
        Assert.Equal("done", Assert.Single(bench.Traces.All).Reply);
        Assert.Equal(id, bench.Traces.All[0].TransactionId);
    }

    [Fact]
    public async Task Filters_see_what_checks_found_before_the_message_waited()
    {
        await using QueueBench bench = await QueueBench.OpenAsync();
        await bench.Mail.SetFilterAsync(
            "anna",
            """
            require ["spamtestplus", "virustest", "relational", "comparator-i;ascii-numeric", "fileinto"];
            if allof (spamtest :percent :value "ge" :comparator "i;ascii-numeric" "60", virustest "1") { fileinto "Spam"; }
            """);
        await bench.EnqueueAsync(
            "x@elsewhere.test", [TemporaryStore.Address("anna")], entry => entry with { Judgement = new QueuedJudgement(62.5, 5, ["virus-clean"]) });
        Assert.Equal(1, await bench.RunAsync());
        Assert.Single(await bench.Mail.ReadAsync("anna", "Spam"));
    }

    [Fact]
    public async Task What_is_held_is_not_tried_until_it_is_released()
    {
        await using QueueBench bench = await QueueBench.OpenAsync();
        await bench.EnqueueAsync("x@elsewhere.test", "odd", "anna");
        Assert.Equal(0, await bench.RunAsync());
        Assert.Equal(1, await bench.Mail.Store.Queue.ChangeAsync(QueueFilter.All, QueueChange.Release, CancellationToken.None));
        Assert.Equal(1, await bench.RunAsync());
        Assert.Single(await bench.Mail.ReadAsync("anna"));
    }

    [Fact]
    public async Task Waits_grow_as_configured_and_the_last_repeats()
    {
        await using QueueBench bench = await QueueBench.OpenAsync();
        await bench.Mail.AddAccountAsync("full", quota: 10);
        await bench.EnqueueAsync("x@elsewhere.test", null, "full");
        foreach (int minutes in (int[])[5, 15, 15])
        {
            Assert.Equal(1, await bench.RunAsync());
            QueueEntry entry = Assert.Single(await bench.Mail.QueueAsync());
            Assert.Equal(bench.Clock.GetUtcNow().AddMinutes(minutes), entry.NextAttempt);
            Assert.StartsWith("452 4.2.2", entry.LastReply, StringComparison.Ordinal);
            bench.Clock.Advance(TimeSpan.FromMinutes(minutes - 1));
            Assert.Equal(0, await bench.RunAsync());
            bench.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        QueueEntry kept = await bench.OnlyAsync();
        Assert.Equal(3, kept.Attempts);
        Assert.Equal(3, kept.History.Length);
        Assert.All(kept.History, line => Assert.Equal("full@example.test", line.Target));
    }

    [Fact]
    public async Task A_mailbox_that_was_full_gets_the_message_when_it_has_room()
    {
        await using QueueBench bench = await QueueBench.OpenAsync();
        Account full = await bench.Mail.AddAccountAsync("full", quota: 10);
        await bench.EnqueueAsync("x@elsewhere.test", null, "full");
        await bench.RunAsync();
        await bench.Mail.Store.Directory.SetQuotaAsync(full.Id, 0, CancellationToken.None);
        bench.Clock.Advance(TimeSpan.FromMinutes(5));
        await bench.RunAsync();
        Assert.Single(await bench.Mail.ReadAsync("full"));
        Assert.Empty(await bench.Mail.QueueAsync());
    }

    [Fact]
    public async Task What_was_judged_as_junk_is_junk_when_it_is_delivered_later()
    {
        await using QueueBench bench = await QueueBench.OpenAsync();
        Account full = await bench.Mail.AddAccountAsync("full", quota: 10);
        await bench.Bench.DeliverAsync(bench.Bench.Request(QueueBench.Message, ["anna", "full"], isJunk: true));
        await bench.Mail.Store.Directory.SetQuotaAsync(full.Id, 0, CancellationToken.None);
        Assert.Equal(1, await bench.RunAsync());
        Assert.Single(await bench.Mail.ReadAsync("full", "Junk"));
        Assert.Empty(await bench.Mail.ReadAsync("full"));
    }

    [Fact]
    public async Task An_attempt_that_ended_before_its_entry_was_updated_does_not_deliver_twice()
    {
        await using QueueBench bench = await QueueBench.OpenAsync();
        await bench.EnqueueAsync("x@elsewhere.test", null, "anna", "bob");
        QueueEntry entry = Assert.Single(await bench.Mail.QueueAsync());

        // What the attempt does before it is killed: it serves the first recipient.
        DeliveryRequest first = bench.Bench.Request(QueueBench.Message, ["anna"], key: $"queue/{entry.Id.Value}/anna@example.test", protocol: "queue");
        Assert.Null((await bench.Bench.DeliverAsync(first)).Recipients[0]);

        await bench.RunAsync();
        Assert.Single(await bench.Mail.ReadAsync("anna"));
        Assert.Single(await bench.Mail.ReadAsync("bob"));
        Assert.Empty(await bench.Mail.QueueAsync());
    }

    [Fact]
    public async Task One_entrys_fault_puts_it_off_and_lets_the_others_pass()
    {
        await using QueueBench bench = await QueueBench.OpenAsync(real => new FaultyDelivery(real.Delivery, "bob@example.test"));
        await bench.EnqueueAsync("x@elsewhere.test", null, "bob");
        await bench.EnqueueAsync("x@elsewhere.test", null, "anna");
        Assert.Equal(2, await bench.RunAsync());
        Assert.Single(await bench.Mail.ReadAsync("anna"));
        QueueEntry entry = Assert.Single(await bench.Mail.QueueAsync());
        Assert.Equal(bench.Clock.GetUtcNow().AddMinutes(5), entry.NextAttempt);
        Assert.Contains("no foresight", entry.LastReply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_comes_in_is_tried_at_once_and_the_loop_stops_when_told()
    {
        var transport = new ScriptedTransport(_ => ScriptedTransport.Ok);
        await using QueueBench bench = await QueueBench.OpenAsync(transport: transport);
        using var stop = new CancellationTokenSource();
        Task running = Task.Run(() => bench.Runner.RunAsync(stop.Token));
        for (int i = 0; i < 3; i++)
        {
            await bench.EnqueueAsync("anna", null, "anna", $"x{i}@elsewhere.test");
            await Until.TrueAsync(async () => (await bench.Mail.QueueAsync()).Count == 0); // the clock stands: nothing but the commit wakes it
        }

        Assert.Equal(3, transport.Sent.Count);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Recipients_in_one_domain_go_to_the_transport_together()
    {
        var transport = new ScriptedTransport(to => to.LocalPart == "no" ? ScriptedTransport.Later : ScriptedTransport.Ok);
        await using QueueBench bench = await QueueBench.OpenAsync(transport: transport);
        await bench.EnqueueAsync("anna", null, "bob", "yes@Elsewhere.test", "no@elsewhere.test", "x@other.test");
        Assert.Equal(3, await bench.RunAsync());
        OutboundMessage together = Assert.Single(transport.Messages, message => message.Domain == "elsewhere.test");
        Assert.Equal(["yes@Elsewhere.test", "no@elsewhere.test"], together.Recipients.Select(to => to.Address.ToString()));
        Assert.Single(await bench.Mail.ReadAsync("bob"));
        QueueRecipient left = Assert.Single((await bench.OnlyAsync()).Recipients);
        Assert.Equal(("no@elsewhere.test", "450 4.2.1 later", "mx.elsewhere.test", 1), (left.ToString(), left.LastReply, left.LastHost, left.Attempts));
    }

    [Fact]
    public async Task More_recipients_than_fit_into_one_transaction_go_one_after_another()
    {
        var transport = new ScriptedTransport(_ => ScriptedTransport.Ok);
        await using QueueBench bench = await QueueBench.OpenAsync(transport: transport);
        await bench.EnqueueAsync("anna", null, [.. Enumerable.Range(0, 250).Select(i => $"r{i}@elsewhere.test")]);
        Assert.Equal(3, await bench.RunAsync());
        Assert.Equal(250, transport.Sent.Distinct().Count());
        Assert.Empty(await bench.Mail.QueueAsync());
    }

    [Fact]
    public async Task What_the_sender_asked_for_is_handed_on()
    {
        var transport = new ScriptedTransport(_ => ScriptedTransport.Ok with { IsReportingPassedOn = true });
        await using QueueBench bench = await QueueBench.OpenAsync(transport: transport);
        await bench.EnqueueAsync(
            "anna",
            [new NewQueueRecipient(TemporaryStore.Address("x@elsewhere.test"), DsnNotify.Success, "rfc822;y")],
            entry => entry with { EnvelopeId = "e1", Return = DsnReturn.Full, RequiresTls = true });
        await bench.RunAsync();
        OutboundMessage sent = Assert.Single(transport.Messages);
        Assert.Equal(("e1", DsnReturn.Full, true), (sent.EnvelopeId, sent.Return, sent.RequiresTls));
        Assert.Equal((DsnNotify.Success, "rfc822;y"), (sent.Recipients[0].Notify, sent.Recipients[0].OriginalRecipient));
        Assert.Empty(await bench.Mail.ReadAsync("anna"));
    }

    private sealed class FaultyDelivery(IDelivery real, string recipient) : IDelivery
    {
        public ValueTask<DeliveryOutcome> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken) =>
            request.Envelope.Recipients[0].ToString() == recipient
                ? throw new InvalidOperationException("no foresight")
                : real.DeliverAsync(request, cancellationToken);
    }
}

/// <summary>Waits for what other threads do.</summary>
internal static class Until
{
    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; i < 24_000 && !await condition(); i++)
        {
            await Task.Delay(5);
        }

        Assert.True(await condition());
    }

    public static Task TrueAsync(Func<bool> condition) => TrueAsync(() => Task.FromResult(condition()));
}
