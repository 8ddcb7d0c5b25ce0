using PluginMail.Plugins.Generations;
using PluginMail.Plugins.Loading;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Generations;

public sealed class UnloadWatchTests
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_finalizer_that_blocks_does_not_hold_the_servers_end()
    {
        using var gate = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var time = new FakeTime();
        string main = Path.Combine(PluginBench.Built, "Probe", "Probe.dll");
        var folder = new PluginFolder(Path.GetDirectoryName(main)!);
        var context = new PluginLoadContext("kept", new PluginReferences(main, new SharedAssemblies()));
        var copy = new PluginFolder(Path.Combine(Path.GetTempPath(), "no-such-copy"));
        var generation = new Generation(1, "1", folder, copy, "", DictionarySettings.For("probe"), context);
        var slot = new PluginSlot("probe", time, new ListLoggers().CreateLogger(""), Look);
        var watch = new UnloadWatch(
            new PluginHostOptions("", "", "") { UnloadGrace = TimeSpan.Zero, StopLimit = TimeSpan.FromSeconds(10) }, time);
        try
        {
            watch.Add(slot, generation, isRetired: true);
            MakeGarbage(gate, entered);
            for (int look = 0; look < 4; look++)
            {
                await PluginBench.UntilAsync(() => time.IsAwaited(Look), "it looks again");
                var advance = Task.Run(() => time.Advance(Look)); // the last look begins in it, and blocks
                await (look < 3 ? advance : Task.CompletedTask);
            }

            await PluginBench.UntilAsync(() => entered.IsSet, "the finalizer blocks");
            var disposing = watch.DisposeAsync().AsTask();
            for (int second = 0; second < 1_000 && !disposing.IsCompleted; second++)
            {
                time.Advance(Look);
                await Task.Delay(10);
            }

            Assert.True(disposing.IsCompletedSuccessfully);
        }
        finally
        {
            gate.Set();
            context.Unload();
            GC.KeepAlive(generation);
        }
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void MakeGarbage(ManualResetEventSlim gate, ManualResetEventSlim entered) => _ = new Blocking(gate, entered);

    private sealed class Blocking(ManualResetEventSlim gate, ManualResetEventSlim entered)
    {
#pragma warning disable MA0055 // a plugin's finalizer is what this is about
        ~Blocking()
        {
            entered.Set();
            gate.Wait(TimeSpan.FromSeconds(60));
        }
#pragma warning restore MA0055
    }
}
