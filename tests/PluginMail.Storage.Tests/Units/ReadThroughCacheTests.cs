namespace PluginMail.Storage.Tests;

public sealed class ReadThroughCacheTests
{
    private int _reads;

    private ValueTask<string> ReadAsync(string key, CancellationToken cancellationToken)
    {
        _reads++;
        return ValueTask.FromResult(new string('v', key.Length));
    }

    [Fact]
    public async Task A_value_is_read_once_until_it_is_removed()
    {
        var cache = new ReadThroughCache<string, string>(100, static value => value.Length);
        await cache.GetAsync("a", ReadAsync, default);
        await cache.GetAsync("a", ReadAsync, default);
        Assert.Equal(1, _reads);
        cache.Remove("a");
        await cache.GetAsync("a", ReadAsync, default);
        Assert.Equal(2, _reads);
    }

    [Fact]
    public async Task What_was_read_before_a_change_is_not_kept()
    {
        var cache = new ReadThroughCache<string, string>(100, static value => value.Length);
        var reading = new TaskCompletionSource<string>();
        Task<string> before = cache.GetAsync("a", (_, _) => new ValueTask<string>(reading.Task), default).AsTask();
        cache.Remove("a");
        reading.SetResult("stale");
        Assert.Equal("stale", await before);
        Assert.Equal("v", await cache.GetAsync("a", ReadAsync, default));
    }

    [Fact]
    public async Task It_starts_anew_where_it_is_full_and_keeps_nothing_too_heavy()
    {
        var cache = new ReadThroughCache<string, string>(10, static value => value.Length);
        await cache.GetAsync("aaaa", ReadAsync, default);
        await cache.GetAsync("bbbb", ReadAsync, default);
        await cache.GetAsync("aaaa", ReadAsync, default);
        Assert.Equal(2, _reads);
        await cache.GetAsync("c", ReadAsync, default);
        await cache.GetAsync("aaaa", ReadAsync, default);
        Assert.Equal(4, _reads);
        await cache.GetAsync(new string('d', 10), ReadAsync, default);
        await cache.GetAsync(new string('d', 10), ReadAsync, default);
        Assert.Equal(6, _reads);
    }
}
