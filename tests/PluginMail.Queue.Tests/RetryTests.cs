using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

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
    public async Task What_is_held_is_not_tried_until_it_is_released()
    {
        await using QueueBench bench = await QueueBench.OpenAsync();
        await bench.EnqueueAsync("x@elsewhere.test", "odd", "anna");
        Assert.Equal(0, await bench.RunAsync());
        QueueEntry entry = Assert.Single(await bench.Mail.QueueAsync());
        await bench.Mail.Store.Queue.UpdateAsync(entry.Id, entry.Recipients, bench.Bench.Clock.GetUtcNow(), null, null, null, CancellationToken.None);
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
            Assert.Equal(bench.Bench.Clock.GetUtcNow().AddMinutes(minutes), entry.NextAttempt);
            Assert.StartsWith("452 4.2.2", entry.LastReply, StringComparison.Ordinal);
            bench.Bench.Clock.Advance(TimeSpan.FromMinutes(minutes - 1));
            Assert.Equal(0, await bench.RunAsync());
            bench.Bench.Clock.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public async Task A_mailbox_that_was_full_gets_the_message_when_it_has_room()
    {
        await using QueueBench bench = await QueueBench.OpenAsync();
        Account full = await bench.Mail.AddAccountAsync("full", quota: 10);
        await bench.EnqueueAsync("x@elsewhere.test", null, "full");
        await bench.RunAsync();
        await bench.Mail.Store.Directory.SetQuotaAsync(full.Id, 0, CancellationToken.None);
        bench.Bench.Clock.Advance(TimeSpan.FromMinutes(5));
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
        Assert.Equal(bench.Bench.Clock.GetUtcNow().AddMinutes(5), entry.NextAttempt);
        Assert.Contains("no foresight", entry.LastReply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_loop_wakes_when_told_and_stops_when_told()
    {
        await using QueueBench bench = await QueueBench.OpenAsync();
        using var stop = new CancellationTokenSource();
        Task running = Task.Run(() => bench.Runner.RunAsync(stop.Token));
        await bench.EnqueueAsync("x@elsewhere.test", null, "anna");
        bench.Runner.Wake();
        for (int i = 0; i < 200 && (await bench.Mail.QueueAsync()).Count > 0; i++)
        {
            await Task.Delay(10);
            bench.Runner.Wake();
        }

        Assert.Single(await bench.Mail.ReadAsync("anna"));
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Recipients_elsewhere_go_to_the_transport_together()
    {
        var transport = new ScriptedTransport(to => to.LocalPart == "no" ? new SmtpReply(450, null, "later") : new SmtpReply(250, null, "ok"));
        await using QueueBench bench = await QueueBench.OpenAsync(transport: transport);
        await bench.EnqueueAsync("anna", null, "bob", "yes@elsewhere.test", "no@elsewhere.test");
        await bench.RunAsync();
        Assert.Equal(["yes@elsewhere.test", "no@elsewhere.test"], transport.Sent.Select(to => to.ToString()));
        Assert.Single(await bench.Mail.ReadAsync("bob"));
        Assert.Equal(["no@elsewhere.test"], Assert.Single(await bench.Mail.QueueAsync()).Recipients.Select(to => to.ToString()));
    }

    private sealed class FaultyDelivery(IDelivery real, string recipient) : IDelivery
    {
        public ValueTask<DeliveryOutcome> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken) =>
            request.Envelope.Recipients[0].ToString() == recipient
                ? throw new InvalidOperationException("no foresight")
                : real.DeliverAsync(request, cancellationToken);
    }
}
