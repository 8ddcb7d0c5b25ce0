using PluginMail.Plugins.Roles;

namespace PluginMail.Plugins.Tests.Roles;

/// <summary>No more than there are places get in, and no place is lost, whoever gives up waiting and when.</summary>
public sealed class CallGateTests
{
    [Fact]
    public void Places_are_taken_and_given_back()
    {
        var gate = new CallGate(2);
        Assert.True(gate.TryEnter());
        Assert.True(gate.TryEnter());
        Assert.False(gate.TryEnter());
        gate.Leave();
        Assert.True(gate.TryEnter());
    }

    [Fact]
    public async Task Who_waits_comes_before_who_comes_later()
    {
        var gate = new CallGate(1);
        Assert.True(gate.TryEnter());
        var first = gate.EnterAsync(CancellationToken.None).AsTask();
        var second = gate.EnterAsync(CancellationToken.None).AsTask();
        gate.Leave();
        await first;
        Assert.False(gate.TryEnter());
        Assert.False(second.IsCompleted);
        gate.Leave();
        await second;
    }

    [Fact]
    public async Task Who_gives_up_takes_nothing()
    {
        var gate = new CallGate(1);
        Assert.True(gate.TryEnter());
        using var patience = new CancellationTokenSource();
        var waiting = gate.EnterAsync(patience.Token).AsTask();
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await gate.EnterAsync(patience.Token));
        gate.Leave();
        Assert.True(gate.TryEnter());
        Assert.False(gate.TryEnter());
    }

    [Fact]
    public async Task No_place_is_lost_or_won_where_many_give_up_at_any_moment()
    {
        const int Places = 3;
        var gate = new CallGate(Places);
        int inside = 0;
        int most = 0;
        int entered = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(worker => Task.Run(async () =>
        {
            var chance = new Random(worker);
            for (int i = 0; i < 2000; i++)
            {
                using var patience = new CancellationTokenSource();
                var turn = gate.EnterAsync(patience.Token).AsTask();
                if (chance.Next(3) == 0)
                {
                    await patience.CancelAsync();
                }

                try
                {
                    await turn;
                }
                catch (OperationCanceledException)
                {
                    continue;
                }

                int now = Interlocked.Increment(ref inside);
                Assert.InRange(now, 1, Places);
                InterlockedMax(ref most, now);
                Interlocked.Increment(ref entered);
                await Task.Yield();
                Interlocked.Decrement(ref inside);
                gate.Leave();
            }
        }))).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.InRange(entered, 16 * 1000, 16 * 2000);
        Assert.InRange(most, 1, Places);
        for (int i = 0; i < Places; i++)
        {
            Assert.True(gate.TryEnter());
        }

        Assert.False(gate.TryEnter());
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (int seen = Volatile.Read(ref most); value > seen && Interlocked.CompareExchange(ref most, value, seen) != seen;)
        {
            seen = Volatile.Read(ref most);
        }
    }
}
