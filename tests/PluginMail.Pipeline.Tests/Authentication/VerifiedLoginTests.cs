using PluginMail.Abstractions;
using PluginMail.Pipeline.Authentication;
using PluginMail.Storage;

namespace PluginMail.Pipeline.Tests.Authentication;

public sealed class VerifiedLoginTests
{
    private readonly ImpatientClock _clock = new();
    private readonly Account _account = Make(1, version: 1);

    [Fact]
    public void A_password_is_known_until_the_account_changes()
    {
        VerifiedLogins logins = Logins();
        Assert.False(logins.IsKnown(_account, "pw"));
        logins.Remember(_account, "pw");
        Assert.True(logins.IsKnown(_account, "pw"));
        Assert.False(logins.IsKnown(_account, "pW"));
        Assert.True(logins.IsKnown(_account, "pw"));
        Assert.False(logins.IsKnown(_account with { Version = 2 }, "pw"));
        Assert.False(logins.IsKnown(_account, "pw")); // and it was forgotten then
    }

    [Fact]
    public void A_password_is_known_for_a_time()
    {
        VerifiedLogins logins = Logins();
        logins.Remember(_account, "pw");
        _clock.Advance(TimeSpan.FromMinutes(4.9));
        Assert.True(logins.IsKnown(_account, "pw"));
        _clock.Advance(TimeSpan.FromMinutes(0.1));
        Assert.False(logins.IsKnown(_account, "pw"));
    }

    [Fact]
    public void The_number_is_bounded_and_what_is_used_stays()
    {
        VerifiedLogins logins = Logins();
        logins.Remember(_account, "pw");
        for (int i = 2; i < 1000; i++)
        {
            logins.Remember(Make(i, 1), "pw");
            Assert.True(logins.IsKnown(_account, "pw"));
        }

        Assert.False(logins.IsKnown(Make(2, 1), "pw"));
    }

    [Fact]
    public async Task A_new_password_counts_at_once()
    {
        var fixture = new SignInFixture();
        Assert.Equal(SignInStatus.Accepted, await fixture.SignInAsync("user", "pencil"));
        Assert.Equal(SignInStatus.Accepted, await fixture.SignInAsync("user", "pencil"));
        fixture.Directory.Set(SignInFixture.Login, "eraser");
        Assert.Equal(SignInStatus.Rejected, await fixture.SignInAsync("user", "pencil"));
        Assert.Equal(SignInStatus.Accepted, await fixture.SignInAsync("user", "eraser"));
    }

    [Fact]
    public async Task A_known_login_is_answered_without_waiting_for_a_thread()
    {
        var fixture = new SignInFixture();
        await fixture.SignInAsync("user", "pencil");
        ValueTask<SignInOutcome> again = fixture.Service.SignInAsync("user", "pencil", SignInFixture.From("192.0.2.1"), CancellationToken.None);
        Assert.True(again.IsCompletedSuccessfully);
        Assert.Equal(SignInStatus.Accepted, (await again).Status);
    }

    [Fact]
    public async Task Checks_beyond_the_bound_are_deferred()
    {
        var checks = new PasswordChecks(concurrent: 1, waiting: 1);
        Task<bool?>[] all = [.. Enumerable.Range(0, 8).Select(_ => checks.MatchesAsync(_account.Verifier!, "pw", CancellationToken.None).AsTask())];
        bool?[] answers = await Task.WhenAll(all);
        Assert.Contains(null, answers);
        Assert.Contains(true, answers);
        Assert.True(await checks.MatchesAsync(_account.Verifier!, "pw", CancellationToken.None));
    }

    private static Account Make(long id, long version) =>
        new(new AccountId(id), new EmailAddress("u", "example.test"), "", 0, ScramVerifier.Create("pw", id == 1 ? 20_000 : 1), version);

    private VerifiedLogins Logins() => new(10, TimeSpan.FromMinutes(5), _clock);
}
