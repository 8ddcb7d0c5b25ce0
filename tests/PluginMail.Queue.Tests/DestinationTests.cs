using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Queue.Tests;

/// <summary>Destinations that hang, are down, and come back; crashes and stops between sending and keeping the result.</summary>
public sealed class DestinationTests
{
    [Fact]
    public async Task A_destination_that_never_answers_slows_no_other()
    {
        var transport = new HangingTransport("hang");
        await using QueueBench bench = await QueueBench.OpenAsync(transport: transport);
        bench.Options = bench.Options with { Parallelism = 6 };
        using var stop = new CancellationTokenSource();
        Task running = Task.Run(() => bench.Runner.RunAsync(stop.Token));
        for (int i = 0; i < 20; i++)
        {
            await bench.EnqueueAsync("anna", null, $"x{i}@hang1.test", $"x{i}@hang2.test");
            await bench.EnqueueAsync("anna", null, $"x{i}@alive.test");
        }

        await Until.TrueAsync(() => transport.Answered.Count == 20);
        await Until.TrueAsync(() => transport.Hanging == 4); // two each, until they answer
        await stop.CancelAsync();
        await Until.TrueAsync(() =>
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(10)); // the grace is over: what hangs is given up
            return running.IsCompleted;
        });
        await running;
        IReadOnlyList<QueueEntry> left = await bench.Mail.QueueAsync();
        Assert.Equal(20, left.Count);
        Assert.All(left, entry => Assert.Equal(0, entry.Attempts)); // as if it had not been tried
    }

    [Fact]
    public async Task Messages_for_a_destination_that_is_down_wait_and_go_when_one_got_through()
    {
        OutboundOutcome answer = ScriptedTransport.Down;
        var transport = new ScriptedTransport(_ => answer);
        await using QueueBench bench = await QueueBench.OpenAsync(transport: transport);
        for (int i = 0; i < 10; i++)
        {
            await bench.EnqueueAsync("anna", null, $"x{i}@elsewhere.test");
        }

        Assert.InRange(await bench.RunAsync(), 1, 2);
        Assert.Equal(bench.Clock.GetUtcNow().AddMinutes(1), await bench.Runner.PausedUntilAsync("elsewhere.test", CancellationToken.None));
        Assert.Equal(0, await bench.RunAsync());
        await bench.EnqueueAsync("anna", null, "new@elsewhere.test");
        Assert.Equal(0, await bench.RunAsync());
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await bench.RunAsync()); // the probe
        Assert.Equal(bench.Clock.GetUtcNow().AddMinutes(2), await bench.Runner.PausedUntilAsync("elsewhere.test", CancellationToken.None));
        answer = ScriptedTransport.Ok;
        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.InRange(await bench.RunAsync(), 8, 10);
        Assert.Null(await bench.Runner.PausedUntilAsync("elsewhere.test", CancellationToken.None));
        bench.Clock.Advance(TimeSpan.FromMinutes(5));
        await bench.RunAsync();
        Assert.Empty(await bench.Mail.QueueAsync());
    }

    [Fact]
    public async Task A_person_sends_past_a_pause()
    {
        OutboundOutcome answer = ScriptedTransport.Down;
        await using QueueBench bench = await QueueBench.OpenAsync(transport: new ScriptedTransport(_ => answer));
        await bench.EnqueueAsync("anna", null, "x@elsewhere.test");
        await bench.RunAsync();
        answer = ScriptedTransport.Ok;
        await bench.Mail.Store.Queue.ChangeAsync(QueueFilter.All, QueueChange.Send, CancellationToken.None);
        Assert.Equal(0, await bench.RunAsync());
        bench.Runner.Resume("elsewhere.test");
        Assert.Equal(1, await bench.RunAsync());
        Assert.Empty(await bench.Mail.QueueAsync());
    }

    [Fact]
    public async Task What_was_sent_when_the_server_was_killed_is_sent_again_and_nothing_else()
    {
        var transport = new HangingTransport("hang");
        await using QueueBench bench = await QueueBench.OpenAsync(transport: transport);
        await bench.EnqueueAsync("anna", null, "x@hang.test");
        await bench.EnqueueAsync("anna", null, "x@alive.test");
        using var never = new CancellationTokenSource();
        Task<int> killed = bench.Runner.RunDueAsync(never.Token).AsTask();
        await Until.TrueAsync(async () => transport.Hanging == 1 && (await bench.Mail.QueueAsync()).Count == 1);
        await never.CancelAsync(); // this runner is not asked any more
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => killed);

        var second = new ScriptedTransport(_ => ScriptedTransport.Ok);
        using var runner = new QueueRunner(
            bench.Mail.Store, bench.Bench.Delivery, bench.Bench.Router, second, bench.Traces, () => bench.Options, bench.Clock,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<QueueRunner>.Instance);
        Assert.Equal(1, await runner.RunDueAsync(CancellationToken.None));
        Assert.Equal(["x@hang.test"], second.Sent);
        Assert.Empty(await bench.Mail.QueueAsync());
    }

    private sealed class HangingTransport(string prefix) : IOutboundTransport
    {
        private int _hanging;

        public System.Collections.Concurrent.ConcurrentBag<EmailAddress> Answered { get; } = [];

        public int Hanging => Volatile.Read(ref _hanging);

        public string DestinationOf(string domain) => domain;

        public async ValueTask<ImmutableArray<OutboundOutcome>> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
        {
            if (message.Domain.StartsWith(prefix, StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _hanging);
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            Answered.Add(message.Recipients[0].Address);
            return [.. message.Recipients.Select(_ => ScriptedTransport.Ok)];
        }
    }
}
