using System.Net;
using PluginMail.Pipeline.Authentication;

namespace PluginMail.Pipeline.Tests.Authentication;

public sealed class ThrottleTests
{
    private readonly SignInFixture _fixture = new();

    [Fact]
    public async Task Each_failure_costs_twice_as_much_up_to_a_bound()
    {
        double[] expected = [0.5, 1, 2, 4, 8, 8, 8];
        foreach (double seconds in expected)
        {
            _fixture.Clock.Waits.Clear();
            Assert.Equal(SignInStatus.Rejected, await _fixture.SignInAsync("user", "wrong"));
            Assert.Equal(seconds, _fixture.Clock.Waited.TotalSeconds);
        }

        _fixture.Clock.Advance(_fixture.Options.FailureWindow);
        _fixture.Clock.Waits.Clear();
        await _fixture.SignInAsync("user", "wrong");
        Assert.Equal(0.5, _fixture.Clock.Waited.TotalSeconds);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", true)]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData("127.0.0.1", "127.0.0.1", false)]
    [InlineData("::1", "::1", false)]
    public async Task An_address_that_failed_waits_before_its_next_attempt(string failing, string next, bool waits)
    {
        await _fixture.SignInAsync("nobody", "wrong", failing);
        _fixture.Clock.Waits.Clear();
        Assert.Equal(SignInStatus.Accepted, await _fixture.SignInAsync("user", "pencil", next));
        Assert.Equal(waits ? 0.5 : 0, _fixture.Clock.Waited.TotalSeconds);
    }

    [Fact]
    public async Task Strangers_do_not_slow_an_owner_down()
    {
        await _fixture.SignInAsync("user", "pencil", "198.51.100.1"); // the owner has been here before
        for (int i = 0; i < 40; i++)
        {
            await _fixture.SignInAsync("user", "wrong", $"192.0.2.{i}");
        }

        _fixture.Clock.Advance(_fixture.Options.LoginCacheTime); // so that the cache does not help
        _fixture.Clock.Waits.Clear();
        Assert.Equal(SignInStatus.Accepted, await _fixture.SignInAsync("user", "pencil", "198.51.100.1"));
        Assert.Empty(_fixture.Clock.Waits);
        _fixture.Directory.Set(SignInFixture.Login, "pencil"); // a new version: the cache does not help here either
        Assert.Equal(SignInStatus.Accepted, await _fixture.SignInAsync("user", "pencil", "203.0.113.1"));
        Assert.Equal(8, _fixture.Clock.Waited.TotalSeconds); // from an unknown place it takes longer, and works
    }

    [Fact]
    public async Task The_right_password_takes_back_typing_errors()
    {
        await _fixture.SignInAsync("user", "wrong");
        await _fixture.SignInAsync("user", "wrong");
        await _fixture.SignInAsync("user", "pencil");
        _fixture.Clock.Waits.Clear();
        await _fixture.SignInAsync("user", "pencil");
        Assert.Empty(_fixture.Clock.Waits);
    }

    [Fact]
    public async Task An_own_account_does_not_take_back_guesses_at_others()
    {
        _fixture.Directory.Set("mallory@example.test", "mine");
        await _fixture.SignInAsync("user", "wrong");
        await _fixture.SignInAsync("mallory", "mine");
        _fixture.Clock.Waits.Clear();
        await _fixture.SignInAsync("user", "wrong");
        Assert.Equal(1, _fixture.Clock.Waited.TotalSeconds);
    }

    [Fact]
    public async Task An_address_beyond_the_limit_is_not_served()
    {
        var fixture = new SignInFixture(new SignInOptions { FailuresPerAddress = 2 });
        await fixture.SignInAsync("user", "wrong");
        await fixture.SignInAsync("user", "wrong");
        Assert.Equal(SignInStatus.Unavailable, await fixture.SignInAsync("user", "pencil"));
        Assert.Equal(SignInStatus.Accepted, await fixture.SignInAsync("user", "pencil", "192.0.2.2"));
        fixture.Clock.Advance(fixture.Options.FailureWindow);
        Assert.Equal(SignInStatus.Accepted, await fixture.SignInAsync("user", "pencil"));
    }

    [Fact]
    public async Task The_window_begins_with_the_first_failure()
    {
        var fixture = new SignInFixture(new SignInOptions { FailuresPerAddress = 2 });
        await fixture.SignInAsync("user", "wrong");
        fixture.Clock.Advance(fixture.Options.FailureWindow * 0.8);
        await fixture.SignInAsync("user", "wrong");
        Assert.Equal(SignInStatus.Unavailable, await fixture.SignInAsync("user", "pencil"));
        fixture.Clock.Advance(fixture.Options.FailureWindow * 0.2);
        Assert.Equal(SignInStatus.Accepted, await fixture.SignInAsync("user", "pencil"));
    }

    [Fact]
    public void The_table_is_bounded()
    {
        var throttle = new FailureThrottle(new SignInOptions(), TimeProvider.System);
        for (int i = 0; i < 30_000; i++)
        {
            throttle.Failed(new IPAddress(0x0100_0001u + (uint)i), $"user{i}");
        }

        Assert.InRange(throttle.Count, 1, 20_000);
    }

    [Fact]
    public async Task Scram_is_slowed_down_too()
    {
        await _fixture.SignInAsync("user", "wrong");
        ISaslExchange exchange = _fixture.Service.Begin("SCRAM-SHA-256", SignInFixture.From("192.0.2.1"))!;
        string first = (await exchange.SendAsync("n,,n=user,r=abc")).Text();
        _fixture.Clock.Waits.Clear();
        await exchange.SendAsync(ScramClient.Final("n,,", [], "n=user,r=abc", first, "wrong"));
        Assert.Equal(1, _fixture.Clock.Waited.TotalSeconds);
    }
}
