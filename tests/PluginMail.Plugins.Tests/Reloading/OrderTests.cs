using PluginMail.Abstractions;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Reloading;

/// <summary>What a plugin brings in by itself is judged by all the others, from the first message to the last.</summary>
public sealed class OrderTests
{
    [Fact]
    public async Task Background_work_begins_when_all_plugins_serve_and_ends_while_they_do()
    {
        var state = new Witness();
        var bench = new PluginBench(services: given => given with { State = _ => state });
        state.Look = () => bench.Roles.MessageChecks.Length;
        bench.Install("first", "1");
        bench.Install("second", "1");
        bench.Install("third", "1");
        Assert.Empty(await bench.ApplyAsync(
            DictionarySettings.For("first", ("roles", new[] { "background" })),
            DictionarySettings.For("second"),
            DictionarySettings.For("third")));
        await PluginBench.UntilAsync(() => state.Seen.Count == 1, "the background service runs");
        await bench.DisposeAsync();
        Assert.Equal(["runs: 2", "stops: 2"], state.Seen);
    }

    [Fact]
    public async Task A_plugin_that_is_taken_out_ends_its_work_before_the_others_change()
    {
        var state = new Witness();
        await using var bench = new PluginBench(services: given => given with { State = _ => state });
        state.Look = () => bench.Roles.MessageChecks.Length;
        bench.Install("first", "1");
        bench.Install("second", "1");
        bench.Install("third", "1");
        var work = DictionarySettings.For("first", ("roles", new[] { "background" }));
        Assert.Empty(await bench.ApplyAsync(work, DictionarySettings.For("second")));
        await PluginBench.UntilAsync(() => state.Seen.Count == 1, "the background service runs");
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("third")));
        Assert.Equal(["runs: 1", "stops: 1"], state.Seen);
        Assert.Single(bench.Roles.MessageChecks);
    }

    /// <summary>Takes note of how many checks there are at the moment of each call.</summary>
    private sealed class Witness : IStateStore
    {
        private readonly List<string> _seen = [];

        public Func<int> Look { get; set; } = () => -1;

        public IReadOnlyList<string> Seen
        {
            get
            {
                lock (_seen)
                {
                    return [.. _seen];
                }
            }
        }

        public ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken) => default;

        public ValueTask<bool> CompareExchangeAsync(string key, byte[]? expected, byte[]? value, TimeSpan lifetime, CancellationToken cancellationToken) => new(true);

        public ValueTask<long> AddAsync(string key, long amount, TimeSpan lifetime, CancellationToken cancellationToken)
        {
            lock (_seen)
            {
                _seen.Add($"{key}: {Look()}");
                return new(1);
            }
        }
    }
}
