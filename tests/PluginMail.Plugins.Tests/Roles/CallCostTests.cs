using System.Diagnostics;
using System.Reflection;
using PluginMail.Pipeline;
using PluginMail.Plugins.Tests.Support;
using Xunit.Abstractions;

namespace PluginMail.Plugins.Tests.Roles;

public sealed class CallCostTests(ITestOutputHelper output)
{
    [SkippableFact]
    public async Task A_call_that_completes_synchronously_allocates_nothing()
    {
        const int calls = 200_000;
        Skip.If(
            typeof(PluginHost).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true },
            "only an optimised build says anything: async methods of others always allocate");
        await using var bench = new PluginBench();
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("noop")));
        var role = bench.Roles.MessageChecks[0];
        for (int i = 0; i < 20; i++)
        {
            await bench.CheckAsync();
        }

        var (allocated, best) = (long.MaxValue, TimeSpan.MaxValue);
        for (int round = 0; round < 10; round++)
        {
            var (octets, elapsed) = Measure(role, calls);
            (allocated, best) = (Math.Min(allocated, octets), elapsed < best ? elapsed : best);
        }

        output.WriteLine($"{best.TotalNanoseconds / calls:F0} ns, {(double)allocated / calls:F3} octets a call");
        Assert.InRange(allocated, 0, calls / 100);
    }

    private static (long Octets, TimeSpan Elapsed) Measure(Role<Abstractions.IMessageView, Abstractions.Verdict> role, int calls)
    {
        long begun = Stopwatch.GetTimestamp();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < calls; i++)
        {
            var call = role.AskAsync(FakeMessage.Plain, CancellationToken.None);
            if (!call.IsCompletedSuccessfully)
            {
                return (long.MaxValue, TimeSpan.MaxValue);
            }
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before, Stopwatch.GetElapsedTime(begun));
    }
}
