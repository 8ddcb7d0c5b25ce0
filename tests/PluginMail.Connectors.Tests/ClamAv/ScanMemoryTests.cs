using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;
using Xunit.Abstractions;

namespace PluginMail.Connectors.Tests.ClamAv;

/// <summary>What a scan of a large message by a real clamd costs in memory.</summary>
[Collection(Alone.Name)]
public sealed class ScanMemoryTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Size = 50 * 1024 * 1024;
    private readonly Clamd _clamd = new() { LargestStream = Size + (1024 * 1024) };

    public Task InitializeAsync() => _clamd.InitializeAsync();

    public Task DisposeAsync() => _clamd.DisposeAsync();

    [SkippableFact]
    public async Task Fifty_megabytes_are_scanned_with_one_chunk_in_memory()
    {
        _clamd.Require();
        await using var bench = await ListBench.StartAsync("clamav", $"address = [\"{_clamd.Tcp}\"]\nmaximum_size = \"60M\"");
        Assert.Equal([new Effect.Tag("virus-clean")], (await bench.CheckAsync(FakeMessage.Plain)).Effects.ToArray()); // what is made once is made
        using var content = new LongContent(Size, Clamd.OwnSignature);
        var message = new FakeMessage(content);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        var verdict = await bench.CheckAsync(message);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        output.WriteLine($"{allocated} octets were allocated in this process meanwhile");
        Assert.IsType<Effect.ReplaceMessage>(verdict.Effects[0]);
        Assert.InRange(content.LongestRead, 1, 64 * 1024);
        Assert.InRange(allocated, 0, Size / 10);
    }
}
