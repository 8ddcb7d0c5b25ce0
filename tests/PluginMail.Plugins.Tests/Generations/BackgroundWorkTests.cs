using PluginMail.Plugins.Generations;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Generations;

public sealed class BackgroundWorkTests
{
    [Theory]
    [InlineData(50)]
    [InlineData(365)]
    public async Task A_period_longer_than_any_timer_takes_ends_when_it_should(int days)
    {
        var time = new FakeTime();
        using var work = new BackgroundWork("probe", time, new ListLoggers().CreateLogger(""), TimeSpan.FromSeconds(1));
        int runs = 0;
        work.Schedule(TimeSpan.FromDays(days), _ =>
        {
            Interlocked.Increment(ref runs);
            return default;
        });
        work.Start([]);
        for (int left = days; left > 0; left -= 30)
        {
            var piece = TimeSpan.FromDays(Math.Min(left, 30));
            Assert.Equal(0, Volatile.Read(ref runs));
            await PluginBench.UntilAsync(() => time.IsAwaited(piece), "it waits");
            time.Advance(piece);
        }

        await PluginBench.UntilAsync(() => Volatile.Read(ref runs) == 1, "the work is done");
        await work.StopAsync(PluginBench.Patience);
    }
}
