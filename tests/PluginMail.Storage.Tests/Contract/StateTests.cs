using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Storage.Tests;

public abstract class StateTests<TEngine> : StoreTests<TEngine>
    where TEngine : IStoreEngine, new()
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private IStateStore State => Store.State.For("greylist");

    private static byte[] Value(string text) => Encoding.UTF8.GetBytes(text);

    [Fact]
    public async Task A_value_is_exchanged_only_for_what_was_expected()
    {
        Assert.Null(await State.GetAsync("k", None));
        Assert.False(await State.CompareExchangeAsync("k", Value("x"), Value("1"), Hour, None));
        Assert.True(await State.CompareExchangeAsync("k", null, Value("1"), Hour, None));
        Assert.False(await State.CompareExchangeAsync("k", null, Value("2"), Hour, None));
        Assert.True(await State.CompareExchangeAsync("k", Value("1"), [], Hour, None));
        Assert.Empty((await State.GetAsync("k", None))!);
        Assert.Null(await Store.State.For("other").GetAsync("k", None));
        await ReopenAsync();
        Assert.Empty((await State.GetAsync("k", None))!);
        Assert.True(await State.CompareExchangeAsync("k", [], null, Hour, None));
        Assert.Null(await State.GetAsync("k", None));
    }

    [Fact]
    public async Task Values_and_counters_expire()
    {
        await State.CompareExchangeAsync("k", null, Value("1"), Hour, None);
        await State.CompareExchangeAsync("forever", null, Value("1"), TimeSpan.MaxValue, None);
        Assert.Equal(3, await State.AddAsync("c", 3, Hour, None));
        Clock.Move(TimeSpan.FromMinutes(59));
        Assert.Equal(5, await State.AddAsync("c", 2, Hour, None));
        Assert.NotNull(await State.GetAsync("k", None));
        Clock.Move(TimeSpan.FromMinutes(2));
        Assert.Null(await State.GetAsync("k", None));
        Assert.NotNull(await State.GetAsync("forever", None));
        Assert.Equal(1, await State.AddAsync("c", 1, Hour, None));
        Assert.True(await State.CompareExchangeAsync("k", null, Value("2"), Hour, None));
    }

    [Fact]
    public async Task Additions_of_many_at_once_are_all_counted()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(async () => await State.AddAsync("c", 2, Hour, None))));
        Assert.Equal(400, await State.AddAsync("c", 0, Hour, None));
    }

    [Fact]
    public async Task Keys_and_values_have_bounds()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await State.GetAsync(new string('ä', 257), None));
        await Assert.ThrowsAsync<ArgumentException>(async () => await State.CompareExchangeAsync("k", null, new byte[(64 << 10) + 1], Hour, None));
    }
}
